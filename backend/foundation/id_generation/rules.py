"""The formats of core_business.md 6: literal text and placeholders in brackets, which may nest: `[SEQ_EG_RCPT_[TENANT_ID]]`.

`[city…]` the village's code · `[fy:yyyy-yy]` Indian financial year · `[cy:pattern]` the day · `[seq…]` the count, at least four digits ·
`[tenantid]`, `[tenant_id]`, `[TENANT_ID]` the village · `[d{n}]` n random digits (2 without n).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import regex

from backend.kit.clock import financial_year

DIGITS_MIN = 4  # mGramSeva pads to four and grows beyond
_PLACEHOLDER = regex.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]")
_RANDOM = regex.compile(r"d(?:\{(\d+)\})?")


@dataclass(frozen=True)
class Place:
    """Whose number, and when."""

    tenant_id: str
    city_code: str
    on: date


class FormatUnknown(ValueError):
    """A format of the masters has a placeholder that nobody knows."""


def _by_year(pattern: str, on: date) -> str:
    start = int(financial_year(on)[:4])
    parts = pattern.split("-")
    return "-".join(
        p.replace("yyyy", f"{year:04d}").replace("yy", f"{year % 100:02d}") for p, year in zip(parts, [start, *[start + 1] * len(parts)], strict=False)
    )


def _by_day(pattern: str, on: date) -> str:
    return pattern.replace("yyyy", f"{on:%Y}").replace("yy", f"{on:%y}").replace("MM", f"{on:%m}").replace("dd", f"{on:%d}")


def _known(inner: str, place: Place) -> str | None:
    """What a placeholder stands for when it does not depend on the number."""
    lowered = inner.lower()
    if lowered.startswith("fy:"):
        return _by_year(inner[3:], place.on)
    if lowered.startswith("cy:"):
        return _by_day(inner[3:], place.on)
    if lowered.startswith("city"):
        return place.city_code
    if lowered == "tenantid":
        return place.tenant_id
    if lowered == "tenant_id":
        flat = place.tenant_id.replace(".", "_")
        return flat.upper() if inner.isupper() else flat
    return None


def _random_digits(length: int) -> str:
    return f"{secrets.randbelow(10**length):0{length}d}"


def numberer(pattern: str, place: Place) -> Callable[[int], str]:
    """Parses once; the answer makes one id of each number, fast enough for a hundred thousand. FormatUnknown."""
    pieces: list[Callable[[int], str] | str] = []
    end = 0
    for match in _PLACEHOLDER.finditer(pattern):
        pieces.append(pattern[end : match.start()])
        end = match.end()
        pieces.append(_piece(match.group(1), place))
    pieces.append(pattern[end:])
    return lambda number: "".join([p if isinstance(p, str) else p(number) for p in pieces])


def _piece(inner: str, place: Place) -> Callable[[int], str] | str:
    if inner.lower().startswith("seq"):
        return lambda number: f"{number:0{DIGITS_MIN}d}"
    known = _known(inner, place)
    if known is not None:
        return known
    random = _RANDOM.fullmatch(inner)
    if random is None:
        raise FormatUnknown(inner)
    length = int(random.group(1) or 2)
    return lambda _: _random_digits(length)


def series_of(pattern: str, name: str, on: date) -> str:
    """What is counted together: the sequence the format names, by financial year when the format shows it. Without a sequence, the format's name."""
    inner = [m.group(1) for m in _PLACEHOLDER.finditer(pattern)]
    sequence = next((i for i in inner if i.lower().startswith("seq")), name)
    base = regex.sub(r"_?\[tenant_id\]", "", sequence, flags=regex.IGNORECASE)
    yearly = any(i.lower().startswith("fy:") for i in inner)
    return f"{base}:{financial_year(on)}" if yearly else base
