"""Days and months people name. Months of bills are the latest that is not in the future; named days of the year are the nearest ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from bot.understanding import lexicon
from bot.understanding.numbers import MULTIPLES, UNITS, spelt
from bot.understanding.sound import sound
from bot.understanding.tokens import Token

LONG_AGO = timedelta(days=150)  # a day and month further back than this means next year's

_ISO_DAY = re.compile(r"(?<!\d)(20\d\d)-(\d{1,2})-(\d{1,2})(?!\d)")
_INDIAN_DAY = re.compile(r"(?<![\d/])(\d{1,2})[/.-](\d{1,2})[/.-](20\d\d|\d\d)(?![\d/])")
_ISO_MONTH = re.compile(r"(?<![\d/-])(20\d\d)-(0[1-9]|1[0-2])(?![\d/-])")
_INDIAN_MONTH = re.compile(r"(?<![\d/])(0?[1-9]|1[0-2])/(20\d\d)(?![\d/])")
_SHORT_DAY = re.compile(
    r"(\b(?:on|by|till|date|dt|tarikh)\s+)?(?<![\d/.-])(\d{1,2})[/-](\d{1,2})(?![\d/-])(\s*(?:ko|nu|nun|tak|tarikh|date|को|तक|तारीख|ਨੂੰ|ਤੱਕ|ਤਾਰੀਖ)(?!\w))?", re.IGNORECASE
)
_IN_DAYS = lexicon.words("din dina dinon days day दिन दिनों ਦਿਨ ਦਿਨਾਂ")
_AFTER = lexicon.words(
    "baad bad baaad mein me vich ch tak takk in within after later andar"
    " thehar thahar thehro ਠਹਿਰ ਠਹਿਰੋ ठहर ठहरो ruko ruk ruka wait mohlat time chahiye रुको रुक रुकिए ਰੁਕੋ ਰੁਕ ਚਾਹੀਦੇ ਚਾਹੀਦਾ chahide de dedo बाद में तक अंदर ਬਾਅਦ ਵਿੱਚ ਚ ਤੱਕ ਅੰਦਰ"
)
_SINCE = lexicon.words("se ton toh since pehle pehlan se ago for से पहले ਤੋਂ ਪਹਿਲਾਂ nahi")
_OWNED = lexicon.words("ka ki ke da di de का की के ਦਾ ਦੀ ਦੇ mahine mahina month bill bil wala wali ਮਹੀਨੇ महीने वाला वाली ਵਾਲਾ ਵਾਲੀ receipt rasid")
_FIRST = lexicon.words("pehli pahli pheli paheli first पहली ਪਹਿਲੀ")
_ORDINAL = re.compile(r"^(?:st|nd|rd|th)$")


@dataclass(frozen=True, slots=True)
class Spot:
    """A day or month at [start, end) of the text."""

    entity: str
    value: str
    start: int
    end: int


def days_and_periods(text: str, tokens: list[Token], today: date | None, *, promised: bool = False, past: bool = False) -> list[Spot]:
    """The days and months of a text with ASCII digits, in order; `tokens` are its own. Without `today` the machine's own day stands in. `promised`: days to come
    are spoken of; `past`: what was done."""
    if not any(t.digits or _begins(t.text, t.word) for t in tokens):
        return []  # most texts name no day
    now = today or date.today()
    spots = _written(text, now, promised=promised)
    words = [t for t in outside(tokens, spots) if t.word]
    i = 0
    while i < len(words):
        spot, used = _at(words, i, now, past=past) if words[i].digits or _begins(words[i].text, words[i].word) else (None, 1)
        if spot:
            spots.append(spot)
        i += max(used, 1)
    return sorted(spots, key=lambda s: s.start)


def outside(tokens: list[Token], spots: list[Spot]) -> list[Token]:
    """The tokens that are no part of a day or month."""
    return [t for t in tokens if not any(s.start < t.end and t.start < s.end for s in spots)] if spots else tokens


def _written(text: str, now: date, *, promised: bool) -> list[Spot]:
    found: list[Spot] = []
    for pattern, order in ((_ISO_DAY, (1, 2, 3)), (_INDIAN_DAY, (3, 2, 1))):
        for m in pattern.finditer(text):
            year, month, day = (int(m.group(g)) for g in order)
            value = _day(year + 2000 if year < 100 else year, month, day)
            if value:
                found.append(Spot("date", value.isoformat(), m.start(), m.end()))
    for pattern, year_group in ((_ISO_MONTH, 1), (_INDIAN_MONTH, 2)):
        for m in pattern.finditer(text):
            if not any(s.start <= m.start() < s.end for s in found):
                found.append(Spot("period", f"{int(m.group(year_group))}-{int(m.group(3 - year_group)):02}", m.start(), m.end()))
    for m in _SHORT_DAY.finditer(text):
        spoken = promised or m.group(1) or m.group(4)
        value = _nearest(int(m.group(3)), int(m.group(2)), now) if spoken and not any(s.start <= m.start(2) < s.end for s in found) else None
        if value:
            found.append(Spot("date", value.isoformat(), m.start(2), m.end(3)))
    return found


def _nearest(month: int, day: int, now: date) -> date | None:
    """This year's day, or next year's when this year's is long past."""
    value = _day(now.year, month, day)
    return _day(now.year + 1, month, day) or value if value and value < now - LONG_AGO else value


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _at(tokens: list[Token], i: int, now: date, *, past: bool) -> tuple[Spot | None, int]:
    for read in (_day_of_month, _named_month, _in_days, _phrase):
        spot, used = read(tokens, i, now)
        if used:
            return spot, used
    return _kal(tokens, i, past=past)


def _small(token: Token) -> int | None:
    if token.digits is not None:
        return int(token.digits) if token.digits.isdecimal() and len(token.digits) <= 2 else None
    value = 1 if token.word in _FIRST else UNITS.get(spelt(token.text) or "")
    return int(value) if value is not None and value <= 31 else None


def _day_of_month(tokens: list[Token], i: int, now: date) -> tuple[Spot | None, int]:
    """ "25 tarikh", "25th", "25 november", "pachis tarikh", "tarikh 5"."""
    if tokens[i].word in lexicon.DAY_OF_MONTH and i + 1 < len(tokens) and tokens[i + 1].digits and 1 <= (_small(tokens[i + 1]) or 0) <= 31:
        return Spot("date", f"day_{_small(tokens[i + 1])}", tokens[i].start, tokens[i + 1].end), 2
    day = _small(tokens[i])
    if day is None or not 1 <= day <= 31 or i + 1 >= len(tokens):
        return None, 0
    j = i + 1
    ordinal = bool(tokens[i].digits and _ORDINAL.match(tokens[j].text.casefold()))
    j += ordinal
    if j < len(tokens) and tokens[j].word == "of":
        j += 1
    month = lexicon.MONTHS.get(tokens[j].word) if j < len(tokens) and (tokens[i].digits or _is_spelt_day(tokens[i], tokens[j])) else None
    if month:
        return _full_day(tokens, i, j, month, day, now)
    named = i + 1 + ordinal < len(tokens) and tokens[i + 1 + ordinal].word in lexicon.DAY_OF_MONTH
    if ordinal or named:
        return Spot("date", f"day_{day}", tokens[i].start, tokens[i + ordinal + named].end), 1 + ordinal + named
    return None, 0


def _is_spelt_day(day: Token, month: Token) -> bool:
    """ "barah november"; in "bhej do oct wali", "do" is no day."""
    return month.word not in lexicon.WEAK_MONTHS and UNITS.get(spelt(day.text) or "") != 2


def _full_day(tokens: list[Token], first: int, last: int, month: int, day: int, now: date) -> tuple[Spot | None, int]:
    year, end = _year_after(tokens, last)
    value = _day(year or now.year, month, day)
    if value is None:
        return None, 0
    if year is None:
        value = _nearest(month, day, now) or value
    return Spot("date", value.isoformat(), tokens[first].start, tokens[end].end), end - first + 1


def _year_after(tokens: list[Token], i: int) -> tuple[int | None, int]:
    if i + 1 < len(tokens) and tokens[i + 1].digits and re.fullmatch(r"20[1-4]\d", tokens[i + 1].text):
        return int(tokens[i + 1].text), i + 1
    return None, i


def _named_month(tokens: list[Token], i: int, now: date) -> tuple[Spot | None, int]:
    month = lexicon.MONTHS.get(tokens[i].word)
    if month is None:
        return None, 0
    year, last = _year_after(tokens, i)
    following = tokens[i + 1].word if i + 1 < len(tokens) else ""
    if year is None and tokens[i].word in lexicon.WEAK_MONTHS and not (following in _OWNED or len(tokens) == 1 or (i and tokens[i - 1].word in ("for", "of"))):
        return None, 0
    if year is None and following and _is_day_number(tokens[i + 1]) and not (i + 2 < len(tokens) and (spelt(tokens[i + 2].text) in MULTIPLES or tokens[i + 2].word in lexicon.CURRENCY)):
        return _full_day_after(tokens, i, month, now)
    value = f"{year or (now.year if month <= now.month else now.year - 1)}-{month:02}"
    return Spot("period", value, tokens[i].start, tokens[last].end), last - i + 1


def _is_day_number(token: Token) -> bool:
    return token.digits is not None and len(token.text) <= 2 and 1 <= int(token.digits) <= 31


def _full_day_after(tokens: list[Token], i: int, month: int, now: date) -> tuple[Spot | None, int]:
    """ "november 25"."""
    value = _nearest(month, int(tokens[i + 1].digits or 0), now)
    return (Spot("date", value.isoformat(), tokens[i].start, tokens[i + 1].end), 2) if value else (None, 0)


def _in_days(tokens: list[Token], i: int, now: date) -> tuple[Spot | None, int]:
    """ "2 din baad", "in 3 days", "ਦੋ ਦਿਨਾਂ ਵਿੱਚ"; "3 din se" is how long something lasts."""
    count = _small(tokens[i])
    if count is None or i + 1 >= len(tokens) or tokens[i + 1].word not in _IN_DAYS:
        return None, 0
    following = tokens[i + 2].word if i + 2 < len(tokens) else ""
    before = tokens[i - 1].word if i else ""
    if following in _SINCE or before in _SINCE or not (following in _AFTER or before in _AFTER):
        return None, 2
    return Spot("date", f"in_{count}_days", tokens[i].start, tokens[i + 1].end), 2


_TWO_WORDS = {
    (sound(first), sound(second)): (entity, value)
    for entity, table in (("period", lexicon.PERIODS), ("date", lexicon.DAYS))
    for phrase, value in table.items()
    for first, _, second in (phrase.partition(" "),)
    if second and " " not in second
}
_BEGUN_BY = frozenset(first for first, _ in _TWO_WORDS)
_NO_MONTH = lexicon.words("mein main men mai me maine में मैं मैंने ਮੈਂ ਮੇਂ")  # sound like "mahine" cut short
_BEGINNINGS = frozenset(phrase.split()[0] for table in (lexicon.PERIODS, lexicon.DAYS) for phrase in table)


@lru_cache(maxsize=8192)
def _begins(text: str, word: str) -> bool:
    """Whether a day or month may begin with a word."""
    named = word in _BEGINNINGS or word in lexicon.MONTHS or word in lexicon.DAY_OF_MONTH or word in lexicon.KAL or word in _FIRST
    return named or sound(word) in _BEGUN_BY or spelt(text) in UNITS


def _phrase(tokens: list[Token], i: int, now: date) -> tuple[Spot | None, int]:
    if tokens[i].word in _BEGINNINGS:
        for size in (4, 3, 2, 1):
            part = tokens[i : i + size]
            text = " ".join(t.word for t in part)
            for entity, table in (("period", lexicon.PERIODS), ("date", lexicon.DAYS)):
                if len(part) == size and text in table:
                    return Spot(entity, table[text], part[0].start, part[-1].end), size
    return _heard_phrase(tokens[i : i + 2])


def _heard_phrase(two: list[Token]) -> tuple[Spot | None, int]:
    """Two words that sound like a phrase: "pichle mhine", "agle hfte"."""
    if len(two) < 2 or two[1].word in _NO_MONTH:
        return None, 0
    found = _TWO_WORDS.get((sound(two[0].word), sound(two[1].word)))
    return (Spot(*found, two[0].start, two[1].end), 2) if found else (None, 0)


_BEGUN = lexicon.words("lage lagi laga lagge laggi lagga aage age लगे लगी लगा आगे ਲੱਗੇ ਲੱਗੀ ਲੱਗਾ ਅੱਗੇ")  # end like a day to come and are none
_POSSESSED = lexicon.words("ka ki ke da di de का की के ਦਾ ਦੀ ਦੇ")


def _kal(tokens: list[Token], i: int, *, past: bool) -> tuple[Spot | None, int]:
    """ "kal" is the day before or after; what was done, or belongs to it ("kal ka hisab"), tells. `past`: what nobody would say of a day to come."""
    if tokens[i].word not in lexicon.KAL:
        return None, 0
    following = tokens[i + 1].word if i + 1 < len(tokens) else ""
    past = past or following in _POSSESSED or any(t.word in lexicon.PAST for t in tokens)
    future = any(t.word not in _BEGUN and re.search(r"(?:unga|ungi|enge|anga|angi|ange|ega|egi|oge|uga|aga)$|(?:ga|gi|ge)$|(?:गा|गी|गे|ਗਾ|ਗੇ|ਗੀ|ਗਾਂ)$", t.word) for t in tokens)
    return Spot("date", "yesterday" if past and not future else "tomorrow", tokens[i].start, tokens[i].end), 1
