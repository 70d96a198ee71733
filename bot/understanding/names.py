"""Names of households: the words of a line that are neither numbers nor words of the trade. The text itself is kept, not its folded form."""

from __future__ import annotations

from functools import lru_cache
from itertools import zip_longest

from bot.understanding import lexicon
from bot.understanding.base import Entity
from bot.understanding.numbers import HALVES, MULTIPLES, SHIFTS, spelt
from bot.understanding.sound import sound
from bot.understanding.tokens import Token

# where a stranger's word is no name, only one known as a name is
STRICT = frozenset(
    "add_expense pay_expense cash_deposit pay_bill link_connection report_problem explain_bill meter_reading promise_to_pay my_connections talk_to_person feedback day_summary".split()
)
NAMED = STRICT | {"collect_payment", "search_household", "send_reminder", "reverse_entry", "check_bill", "get_receipt", "payment_history", "list_dues"}
WORDS_MAX = 4  # "Gurpreet Singh son of Ram" and such; more is a sentence

PARTS = lexicon.words(
    "singh kaur kumar devi lal ram rani chand khan sharma verma sandhu gill sidhu dhillon sahota sing kor kumari begum prasad yadav masih"
    " सिंह कौर कुमार देवी लाल राम रानी चंद दास खान शर्मा कुमारी ਸਿੰਘ ਕੌਰ ਕੁਮਾਰ ਦੇਵੀ ਲਾਲ ਰਾਮ ਰਾਣੀ ਚੰਦ ਦਾਸ ਖਾਨ ਸ਼ਰਮਾ ਗਿੱਲ ਸਿੱਧੂ ਸੰਧੂ ਮਸੀਹ"
)
_MARKS = lexicon.words("ne ton to ka ki ke da di de ko nu nun ने का की के को ਨੇ ਤੋਂ ਦਾ ਦੀ ਦੇ ਨੂੰ from of for")
_AFTER_MARK = lexicon.words("from of for find search remind remaind naam nam name नाम ਨਾਂ ਨਾਮ")
_NEVER = (
    lexicon.CURRENCY | lexicon.PAID | lexicon.COUNTED | lexicon.HOUSE | lexicon.NUMBER
    | lexicon.CONNECTION | lexicon.OWNERS | lexicon.TITLES | lexicon.LINKS | lexicon.CENTS
)


def names_in(text: str, tokens: list[Token], taken: list[Entity], *, step: str | None, words: lexicon.Words, intent: str | None) -> list[Entity]:
    """The names in a text. With step "name" every word that is no filler belongs to one; else only where the intent speaks of a household, or the word is
    known as a name. Several only where each is known as a name."""
    asked = step in ("name", "household")
    if not asked and intent not in NAMED:
        return []
    covered = [(e.start, e.end) for e in taken]
    spoken = [t for t in tokens if t.word and t.digits is None]
    free = [t for t in spoken if not any(s <= t.start < e for s, e in covered)]
    runs = _runs(free, lexicon.Words() if asked else words)
    if asked and len(runs) == 1 and len(spoken) <= WORDS_MAX + 1:
        return [_entity(text, runs[0])]
    if intent not in NAMED:
        return []
    short = [run for run in runs if len(run) <= WORDS_MAX]
    sure = [run for run in short if any(t.word in PARTS or t.word in words.names for t in run)]
    if sure or intent in STRICT:
        return list({e.value: e for e in reversed([_entity(text, run) for run in sure])}.values())[::-1]  # a name said twice is one
    return [_entity(text, run) for run in short if _plausible(run, spoken, covered, intent)][:1]


def _runs(free: list[Token], words: lexicon.Words) -> list[list[Token]]:
    """Neighbouring words nobody knows; a part of names ("Singh") belongs to its neighbour, and its neighbour to it, even when they are known."""
    runs: list[list[Token]] = []
    last: Token | None = None
    for token, after in zip_longest(free, free[1:]):
        named = token.word in PARTS or token.word in words.names or (after is not None and after.word in PARTS and after.start - token.end <= 1)
        if token.word in _NEVER or _is_number_word(token.text) or (not named and sound(token.word) in words.known):
            last = None
            continue
        if last is not None and token.start - last.end <= 2:
            runs[-1].append(token)
        else:
            runs.append([token])
        last = token
    return [run for run in runs if any(len(t.word) > 1 for t in run)]


@lru_cache(maxsize=8192)
def _is_number_word(text: str) -> bool:
    known = spelt(text)
    return known is not None and (known in SHIFTS or known in HALVES or known in MULTIPLES or text.isascii())


def _plausible(run: list[Token], spoken: list[Token], taken: list[tuple[int, int]], intent: str | None) -> bool:
    first, last = spoken.index(run[0]), spoken.index(run[-1])
    after = spoken[last + 1].word if last + 1 < len(spoken) else ""
    before = spoken[first - 1].word if first else ""
    if after in _MARKS or before in _AFTER_MARK or before in _MARKS or after in lexicon.TITLES:
        return True
    return intent in ("collect_payment", "search_household") and (bool(taken) or len(spoken) <= WORDS_MAX)


def _entity(text: str, run: list[Token]) -> Entity:
    start, end = run[0].start, run[-1].end
    return Entity(entity="name", value=text[start:end].strip(), start=start, end=end)
