"""The words printed on every receipt, by language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "title": "Payment receipt",
            "subject": "Village water supply",
            "receipt_no": "Receipt no.",
            "paid_on": "Date",
            "holder_name": "Name",
            "connection_no": "Connection no.",
            "mode": "Paid by",
            "received": "Received",
            "paid_for": "Paid for",
            "amount": "Amount",
            "total": "Total",
            "due_after": "Still to pay",
            "advance_after": "Advance kept",
            "verify": "To check this receipt, scan the code or open",
            "made": "Made by computer; needs no signature.",
            "only": "{words} only",
        },
        "hi": {
            "title": "पेमेंट की रसीद",
            "subject": "गाँव की पानी सप्लाई",
            "receipt_no": "रसीद नंबर",
            "paid_on": "तारीख",
            "holder_name": "नाम",
            "connection_no": "कनेक्शन नंबर",
            "mode": "कैसे दिया",
            "received": "पैसे मिले",
            "paid_for": "किस लिए",
            "amount": "रकम",
            "total": "कुल",
            "due_after": "बाकी रकम",
            "advance_after": "एडवांस जमा",
            "verify": "रसीद जाँचने के लिए कोड स्कैन करें या लिंक खोलें",
            "made": "कंप्यूटर से बनी रसीद, दस्तखत की ज़रूरत नहीं।",
            "only": "{words} मात्र",
        },
        "pa": {
            "title": "ਪੇਮੈਂਟ ਦੀ ਰਸੀਦ",
            "subject": "ਪਿੰਡ ਦੀ ਪਾਣੀ ਸਪਲਾਈ",
            "receipt_no": "ਰਸੀਦ ਨੰਬਰ",
            "paid_on": "ਤਾਰੀਖ਼",
            "holder_name": "ਨਾਮ",
            "connection_no": "ਕਨੈਕਸ਼ਨ ਨੰਬਰ",
            "mode": "ਕਿਵੇਂ ਦਿੱਤੇ",
            "received": "ਪੈਸੇ ਮਿਲੇ",
            "paid_for": "ਕਿਸ ਲਈ",
            "amount": "ਰਕਮ",
            "total": "ਕੁੱਲ",
            "due_after": "ਬਾਕੀ ਰਕਮ",
            "advance_after": "ਐਡਵਾਂਸ ਜਮ੍ਹਾਂ",
            "verify": "ਰਸੀਦ ਜਾਂਚਣ ਲਈ ਕੋਡ ਸਕੈਨ ਕਰੋ ਜਾਂ ਲਿੰਕ ਖੋਲ੍ਹੋ",
            "made": "ਕੰਪਿਊਟਰ ਨਾਲ ਬਣੀ ਰਸੀਦ, ਦਸਤਖ਼ਤ ਦੀ ਲੋੜ ਨਹੀਂ।",
            "only": "{words} ਸਿਰਫ਼",
        },
    }
)
