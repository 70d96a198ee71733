"""The words of the pages: short, respectful, what villagers say; loanwords in the script of the page. Names in braces are filled in.

Each key stands with its three languages side by side, so that a missing one is seen here and by a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGE_NAMES: Mapping[str, str] = MappingProxyType({"pa": "ਪੰਜਾਬੀ", "hi": "हिंदी", "en": "English"})

# key: (en, hi, pa)
_TEXTS: dict[str, tuple[str, str, str]] = {
    # the bill
    "pay.title": ("Pay water bill", "पानी का बिल भरें", "ਪਾਣੀ ਦਾ ਬਿੱਲ ਭਰੋ"),
    "service": ("Village water supply", "गाँव की पानी सप्लाई", "ਪਿੰਡ ਦੀ ਪਾਣੀ ਸਪਲਾਈ"),
    "bill.of": ("Bill of", "किसका बिल", "ਕਿਸਦਾ ਬਿੱਲ"),
    "connection": ("Connection", "कनेक्शन", "ਕਨੈਕਸ਼ਨ"),
    "bill.no": ("Bill no.", "बिल नंबर", "ਬਿੱਲ ਨੰਬਰ"),
    "total": ("To pay", "कुल देना है", "ਕੁੱਲ ਦੇਣੇ ਹਨ"),
    "due_on": ("Pay by {day}", "{day} तक भर दीजिए", "{day} ਤੱਕ ਭਰ ਦਿਓ ਜੀ"),
    "overdue": ("The last day was {day}", "आखिरी तारीख {day} थी", "ਆਖ਼ਰੀ ਤਾਰੀਖ਼ {day} ਸੀ"),
    "head.charge": ("Water charge", "पानी का चार्ज", "ਪਾਣੀ ਦਾ ਚਾਰਜ"),
    "head.arrears": ("Earlier dues", "पिछला बकाया", "ਪਿਛਲਾ ਬਕਾਇਆ"),
    "head.penalty": ("Late fee", "लेट फ़ीस", "ਲੇਟ ਫ਼ੀਸ"),
    "head.advance": ("Advance", "एडवांस", "ਐਡਵਾਂਸ"),
    "head.round_off": ("Rounding", "राउंड ऑफ़", "ਰਾਊਂਡ ਆਫ਼"),
    "head.other": ("Other", "अन्य", "ਹੋਰ"),
    # ways to pay
    "pay.held": (
        "{amount} that you have paid is being looked at, number {item}. Please do not pay it again.",
        "आपके दिए {amount} की जाँच हो रही है, नंबर {item}। ये दोबारा न दें।",
        "ਤੁਹਾਡੇ ਦਿੱਤੇ {amount} ਦੀ ਜਾਂਚ ਹੋ ਰਹੀ ਹੈ, ਨੰਬਰ {item}। ਇਹ ਦੁਬਾਰਾ ਨਾ ਦਿਓ।",
    ),
    "pay.upi": ("Pay {amount} by UPI", "यूपीआई से {amount} दें", "ਯੂਪੀਆਈ ਨਾਲ {amount} ਦਿਓ"),
    "pay.upi_hint": ("Opens your UPI app.", "आपका यूपीआई ऐप खुलेगा।", "ਤੁਹਾਡੀ ਯੂਪੀਆਈ ਐਪ ਖੁੱਲ੍ਹੇਗੀ।"),
    "pay.qr": ("Or scan this with another phone", "या दूसरे फ़ोन से यह कोड स्कैन करें", "ਜਾਂ ਦੂਜੇ ਫ਼ੋਨ ਨਾਲ ਇਹ ਕੋਡ ਸਕੈਨ ਕਰੋ"),
    "pay.check": ("I have paid by UPI", "मैंने यूपीआई से दे दिए", "ਮੈਂ ਯੂਪੀਆਈ ਨਾਲ ਦੇ ਦਿੱਤੇ"),
    "pay.card": ("Card or netbanking", "कार्ड या नेटबैंकिंग", "ਕਾਰਡ ਜਾਂ ਨੈੱਟਬੈਂਕਿੰਗ"),
    "pay.online": ("Pay {amount} online", "{amount} ऑनलाइन दें", "{amount} ਔਨਲਾਈਨ ਦਿਓ"),
    "pay.renew": ("Pay {amount}", "{amount} दें", "{amount} ਦਿਓ"),
    "pay.part": ("Pay a part now", "अभी कुछ पैसे दें", "ਹੁਣ ਕੁਝ ਪੈਸੇ ਦਿਓ"),
    "pay.part_label": ("How many rupees?", "कितने रुपये?", "ਕਿੰਨੇ ਰੁਪਏ?"),
    "pay.part_go": ("Pay this part", "इतने पैसे दें", "ਇੰਨੇ ਪੈਸੇ ਦਿਓ"),
    "pay.safe": (
        "We never ask for your PIN or OTP.",
        "हम कभी पिन या ओटीपी नहीं पूछते।",
        "ਅਸੀਂ ਕਦੇ ਪਿੰਨ ਜਾਂ ਓਟੀਪੀ ਨਹੀਂ ਪੁੱਛਦੇ।",
    ),
    # what may be wrong with an amount
    "fault.not_an_amount": ("Please write the amount in numbers, like 50.", "रकम अंकों में लिखिए, जैसे 50।", "ਰਕਮ ਅੰਕਾਂ ਵਿੱਚ ਲਿਖੋ ਜੀ, ਜਿਵੇਂ 50।"),
    "fault.too_small": ("The smallest amount is ₹1.", "कम से कम ₹1 देना होगा।", "ਘੱਟੋ-ਘੱਟ ₹1 ਦੇਣਾ ਪਵੇਗਾ।"),
    "fault.too_much": ("The bill is only {amount}.", "बिल सिर्फ़ {amount} का है।", "ਬਿੱਲ ਸਿਰਫ਼ {amount} ਦਾ ਹੈ।"),
    "fault.whole_only": ("Please pay the whole {amount}.", "कृपया पूरे {amount} दीजिए।", "ਕਿਰਪਾ ਕਰਕੇ ਪੂਰੇ {amount} ਦਿਓ ਜੀ।"),
    "fault.provider": (
        "Online payment is not working just now. Nothing was taken. Please try again in a few minutes.",
        "अभी ऑनलाइन पेमेंट नहीं चल रहा। कोई पैसा नहीं कटा। थोड़ी देर बाद फिर कोशिश कीजिए।",
        "ਇਸ ਵੇਲੇ ਔਨਲਾਈਨ ਪੇਮੈਂਟ ਨਹੀਂ ਚੱਲ ਰਹੀ। ਕੋਈ ਪੈਸਾ ਨਹੀਂ ਕੱਟਿਆ ਗਿਆ। ਥੋੜ੍ਹੀ ਦੇਰ ਬਾਅਦ ਫਿਰ ਕੋਸ਼ਿਸ਼ ਕਰੋ ਜੀ।",
    ),
    # why the page is another than expected
    "notice.changed": (
        "The bill has changed. This is the new amount.",
        "बिल बदल गया है। यह नई रकम है।",
        "ਬਿੱਲ ਬਦਲ ਗਿਆ ਹੈ। ਇਹ ਨਵੀਂ ਰਕਮ ਹੈ।",
    ),
    # paid
    "receipt.title": ("Receipt", "रसीद", "ਰਸੀਦ"),
    "receipt.thanks": ("Payment received. Thank you!", "पैसे मिल गए जी, धन्यवाद!", "ਪੈਸੇ ਮਿਲ ਗਏ ਜੀ, ਧੰਨਵਾਦ!"),
    "receipt.no": ("Receipt no.", "रसीद नंबर", "ਰਸੀਦ ਨੰਬਰ"),
    "receipt.date": ("Date", "तारीख", "ਤਾਰੀਖ਼"),
    "receipt.amount": ("Paid", "दिए", "ਦਿੱਤੇ"),
    "receipt.mode": ("Paid by", "कैसे दिए", "ਕਿਵੇਂ ਦਿੱਤੇ"),
    "receipt.for": ("Paid for", "किस लिए", "ਕਿਸ ਲਈ"),
    "receipt.due_after": ("Still to pay", "बाकी रकम", "ਬਾਕੀ ਰਕਮ"),
    "receipt.advance_after": ("Advance kept", "एडवांस जमा", "ਐਡਵਾਂਸ ਜਮ੍ਹਾਂ"),
    "receipt.pdf": ("Save the receipt (PDF)", "रसीद सेव करें (पीडीएफ़)", "ਰਸੀਦ ਸੇਵ ਕਰੋ (ਪੀਡੀਐੱਫ਼)"),
    "mode.CASH": ("Cash", "नकद", "ਨਕਦ"),
    "mode.UPI": ("UPI", "यूपीआई", "ਯੂਪੀਆਈ"),
    "mode.CARD": ("Card", "कार्ड", "ਕਾਰਡ"),
    "mode.NETBANKING": ("Netbanking", "नेटबैंकिंग", "ਨੈੱਟਬੈਂਕਿੰਗ"),
    "mode.ONLINE": ("Online", "ऑनलाइन", "ਔਨਲਾਈਨ"),
    # being checked
    "wait.title": ("Payment is being checked", "पेमेंट की जाँच हो रही है", "ਪੇਮੈਂਟ ਦੀ ਜਾਂਚ ਹੋ ਰਹੀ ਹੈ"),
    "wait.asking": ("We are asking the bank about your {amount}.", "हम आपके {amount} के बारे में बैंक से पूछ रहे हैं।", "ਅਸੀਂ ਤੁਹਾਡੇ {amount} ਬਾਰੇ ਬੈਂਕ ਤੋਂ ਪੁੱਛ ਰਹੇ ਹਾਂ।"),
    "wait.asking_any": ("We are asking the bank about your payment.", "हम आपके पेमेंट के बारे में बैंक से पूछ रहे हैं।", "ਅਸੀਂ ਤੁਹਾਡੀ ਪੇਮੈਂਟ ਬਾਰੇ ਬੈਂਕ ਤੋਂ ਪੁੱਛ ਰਹੇ ਹਾਂ।"),
    "wait.not_again": ("Please do not pay again.", "दोबारा पैसे मत दीजिए।", "ਦੁਬਾਰਾ ਪੈਸੇ ਨਾ ਦਿਓ ਜੀ।"),
    "wait.next": (
        "This page looks again by itself. As soon as the bank says yes, the receipt comes here and as a message.",
        "यह पेज अपने आप फिर देखता है। बैंक के हाँ कहते ही रसीद यहाँ और मैसेज में आ जाएगी।",
        "ਇਹ ਪੇਜ ਆਪਣੇ ਆਪ ਫਿਰ ਵੇਖਦਾ ਹੈ। ਬੈਂਕ ਦੇ ਹਾਂ ਕਹਿੰਦਿਆਂ ਹੀ ਰਸੀਦ ਇੱਥੇ ਅਤੇ ਮੈਸੇਜ ਵਿੱਚ ਆ ਜਾਵੇਗੀ।",
    ),
    "wait.later": (
        "The bank has not answered yet. You can close this page: the receipt comes as a message. If the payment failed, the bank gives the money back.",
        "बैंक ने अभी जवाब नहीं दिया। यह पेज बंद कर सकते हैं: रसीद मैसेज में आएगी। पेमेंट न हुआ हो तो बैंक पैसे लौटा देगा।",
        "ਬੈਂਕ ਨੇ ਹਾਲੇ ਜਵਾਬ ਨਹੀਂ ਦਿੱਤਾ। ਇਹ ਪੇਜ ਬੰਦ ਕਰ ਸਕਦੇ ਹੋ: ਰਸੀਦ ਮੈਸੇਜ ਵਿੱਚ ਆਵੇਗੀ। ਪੇਮੈਂਟ ਨਾ ਹੋਈ ਹੋਵੇ ਤਾਂ ਬੈਂਕ ਪੈਸੇ ਮੋੜ ਦੇਵੇਗਾ।",
    ),
    "wait.again": ("Check again", "फिर देखें", "ਫਿਰ ਵੇਖੋ"),
    "wait.not_paid": ("I have not paid", "मैंने पैसे नहीं दिए", "ਮੈਂ ਪੈਸੇ ਨਹੀਂ ਦਿੱਤੇ"),
    # failed
    "failed.title": ("The payment did not go through", "पेमेंट नहीं हुआ", "ਪੇਮੈਂਟ ਨਹੀਂ ਹੋਈ"),
    "failed.money": (
        "The bill is still open. If money left your account, the bank gives it back in a few days.",
        "बिल अभी बाकी है। खाते से पैसे कटे हों तो बैंक कुछ दिन में लौटा देगा।",
        "ਬਿੱਲ ਹਾਲੇ ਬਾਕੀ ਹੈ। ਖਾਤੇ ਵਿੱਚੋਂ ਪੈਸੇ ਕੱਟੇ ਗਏ ਹੋਣ ਤਾਂ ਬੈਂਕ ਕੁਝ ਦਿਨਾਂ ਵਿੱਚ ਮੋੜ ਦੇਵੇਗਾ।",
    ),
    "failed.again": ("Try again", "फिर कोशिश करें", "ਫਿਰ ਕੋਸ਼ਿਸ਼ ਕਰੋ"),
    # nothing due
    "clear.title": ("Nothing to pay", "कोई बिल बाकी नहीं", "ਕੋਈ ਬਿੱਲ ਬਾਕੀ ਨਹੀਂ"),
    "clear.text": ("All bills of this connection are paid. Thank you!", "इस कनेक्शन के सब बिल भर गए हैं। धन्यवाद!", "ਇਸ ਕਨੈਕਸ਼ਨ ਦੇ ਸਾਰੇ ਬਿੱਲ ਭਰੇ ਹੋਏ ਹਨ। ਧੰਨਵਾਦ ਜੀ!"),
    # parked
    "parked.title": ("Your money has arrived", "आपके पैसे मिल गए हैं", "ਤੁਹਾਡੇ ਪੈਸੇ ਮਿਲ ਗਏ ਹਨ"),
    "parked.text": (
        "It is safe with us. The office is looking at which bill it belongs to and will send you the receipt.",
        "पैसे हमारे पास सुरक्षित हैं। दफ़्तर देख रहा है कि ये किस बिल के हैं, फिर रसीद भेजेगा।",
        "ਪੈਸੇ ਸਾਡੇ ਕੋਲ ਸੁਰੱਖਿਅਤ ਹਨ। ਦਫ਼ਤਰ ਵੇਖ ਰਿਹਾ ਹੈ ਕਿ ਇਹ ਕਿਸ ਬਿੱਲ ਦੇ ਹਨ, ਫਿਰ ਰਸੀਦ ਭੇਜੇਗਾ।",
    ),
    "parked.number": ("Your number for asking: {number}", "पूछने के लिए नंबर: {number}", "ਪੁੱਛਣ ਲਈ ਨੰਬਰ: {number}"),
    # verify
    "verify.title": ("Receipt check", "रसीद की जाँच", "ਰਸੀਦ ਦੀ ਜਾਂਚ"),
    "verify.valid": ("This receipt is genuine", "यह रसीद असली है", "ਇਹ ਰਸੀਦ ਅਸਲੀ ਹੈ"),
    "verify.void": ("This receipt is no longer valid", "यह रसीद अब सही नहीं है", "ਇਹ ਰਸੀਦ ਹੁਣ ਸਹੀ ਨਹੀਂ ਹੈ"),
    "verify.compare": ("Compare it with the paper.", "इसे कागज़ से मिलाइए।", "ਇਸ ਨੂੰ ਕਾਗ਼ਜ਼ ਨਾਲ ਮਿਲਾਓ।"),
    "verify.unknown_title": ("No such receipt", "ऐसी कोई रसीद नहीं", "ਅਜਿਹੀ ਕੋਈ ਰਸੀਦ ਨਹੀਂ"),
    "verify.unknown_text": (
        "We did not give out a receipt with this code. Please ask the office.",
        "इस कोड की रसीद हमने नहीं दी। दफ़्तर से पूछिए।",
        "ਇਸ ਕੋਡ ਦੀ ਰਸੀਦ ਅਸੀਂ ਨਹੀਂ ਦਿੱਤੀ। ਦਫ਼ਤਰ ਤੋਂ ਪੁੱਛੋ ਜੀ।",
    ),
    # messages
    "ended_title": ("This link has ended", "यह लिंक बंद हो गया है", "ਇਹ ਲਿੰਕ ਬੰਦ ਹੋ ਗਿਆ ਹੈ"),
    "ended_text": ("Send “bill” in the chat and you get a new one.", "चैट में “बिल” लिखिए, नया लिंक मिल जाएगा।", "ਚੈਟ ਵਿੱਚ “ਬਿੱਲ” ਲਿਖੋ ਜੀ, ਨਵਾਂ ਲਿੰਕ ਮਿਲ ਜਾਵੇਗਾ।"),
    "missing_title": ("There is nothing here", "यहाँ कुछ नहीं है", "ਇੱਥੇ ਕੁਝ ਨਹੀਂ ਹੈ"),
    "missing_text": (
        "Please open the link again from the message, whole.",
        "मैसेज से पूरा लिंक फिर खोलिए।",
        "ਮੈਸੇਜ ਤੋਂ ਪੂਰਾ ਲਿੰਕ ਫਿਰ ਖੋਲ੍ਹੋ ਜੀ।",
    ),
    "slow_title": ("One moment, please", "थोड़ा रुकिए", "ਥੋੜ੍ਹਾ ਰੁਕੋ ਜੀ"),
    "slow_text": (
        "Too many links were tried. Please come back in a minute.",
        "बहुत बार कोशिश हुई। एक मिनट बाद फिर खोलिए।",
        "ਬਹੁਤ ਵਾਰ ਕੋਸ਼ਿਸ਼ ਹੋਈ। ਇੱਕ ਮਿੰਟ ਬਾਅਦ ਫਿਰ ਖੋਲ੍ਹੋ ਜੀ।",
    ),
    "trouble_title": ("Something is not working", "अभी कुछ ठीक नहीं चल रहा", "ਇਸ ਵੇਲੇ ਕੁਝ ਠੀਕ ਨਹੀਂ ਚੱਲ ਰਿਹਾ"),
    "trouble_text": (
        "Your money is safe. Please try again in a few minutes.",
        "आपके पैसे सुरक्षित हैं। थोड़ी देर बाद फिर कोशिश कीजिए।",
        "ਤੁਹਾਡੇ ਪੈਸੇ ਸੁਰੱਖਿਅਤ ਹਨ। ਥੋੜ੍ਹੀ ਦੇਰ ਬਾਅਦ ਫਿਰ ਕੋਸ਼ਿਸ਼ ਕਰੋ ਜੀ।",
    ),
    "elsewhere_title": ("Please start from the bill", "बिल वाले पेज से शुरू कीजिए", "ਬਿੱਲ ਵਾਲੇ ਪੇਜ ਤੋਂ ਸ਼ੁਰੂ ਕਰੋ ਜੀ"),
    "elsewhere_text": (
        "This came from another website, so nothing was done.",
        "यह दूसरी वेबसाइट से आया था, इसलिए कुछ नहीं किया।",
        "ਇਹ ਦੂਜੀ ਵੈੱਬਸਾਈਟ ਤੋਂ ਆਇਆ ਸੀ, ਇਸ ਲਈ ਕੁਝ ਨਹੀਂ ਕੀਤਾ।",
    ),
    "contact": ("Questions? Ask the office:", "कुछ पूछना है? दफ़्तर:", "ਕੁਝ ਪੁੱਛਣਾ ਹੈ? ਦਫ਼ਤਰ:"),
    "office": ("Gram Panchayat {village}", "ग्राम पंचायत {village}", "ਗ੍ਰਾਮ ਪੰਚਾਇਤ {village}"),
    "language": ("Language", "भाषा", "ਭਾਸ਼ਾ"),
}

_COLUMN = {"en": 0, "hi": 1, "pa": 2}
KEYS = frozenset(_TEXTS)


def text(key: str, locale: str, **values: str) -> str:
    """The words for a key in a language, with its values filled in. KeyError for a key that does not exist."""
    return _TEXTS[key][_COLUMN[locale]].format(**values)


def mode_text(mode: str, locale: str) -> str:
    """How a payment was made, in words; what is not known is "online"."""
    key = f"mode.{mode.upper()}"
    return text(key if key in KEYS else "mode.ONLINE", locale)
