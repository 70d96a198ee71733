"""What a text costs as SMS: GSM-7 at 160 or 153 a part, else UCS-2 at 70 or 67, counted in UTF-16 units."""

from __future__ import annotations

from dataclasses import dataclass

GSM_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = set("^{}\\[~]|€\f")
# Signs that would turn a whole English message to UCS-2, and what says the same in GSM-7.
GSM_INSTEAD = {"₹": "Rs ", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "·": "-", "•": "-"}


@dataclass(frozen=True)
class Segments:
    """How a text travels: `encoding` GSM-7 or UCS-2, `units` used, number of `parts`."""

    encoding: str
    units: int
    parts: int


def to_gsm(text: str) -> str:
    """The text with the signs replaced that GSM-7 lacks, if that makes all of it GSM-7; else unchanged."""
    replaced = "".join(GSM_INSTEAD.get(c, c) for c in text).replace("Rs  ", "Rs ")
    return replaced if all(c in GSM_BASIC or c in GSM_EXTENDED for c in replaced) else text


def count_segments(text: str) -> Segments:
    """How many parts a text takes."""
    if all(c in GSM_BASIC or c in GSM_EXTENDED for c in text):
        units = sum(2 if c in GSM_EXTENDED else 1 for c in text)
        return Segments("GSM-7", units, 1 if units <= 160 else -(-units // 153))
    units = len(text.encode("utf-16-be")) // 2
    return Segments("UCS-2", units, 1 if units <= 70 else -(-units // 67))
