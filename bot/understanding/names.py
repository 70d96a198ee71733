"""Names of households: the words of a line that are neither numbers nor words of the trade. The text itself is kept, not its folded form."""

from __future__ import annotations

from bot.understanding import lexicon
from bot.understanding.base import Entity
from bot.understanding.numbers import HALVES, MULTIPLES, SHIFTS, spelt
from bot.understanding.tokens import Token

NAMED = frozenset(("collect_payment", "search_household", "send_reminder", "reverse_entry", "check_bill", "get_receipt", "payment_history", "list_dues"))
WORDS_MAX = 4  # "Gurpreet Singh son of Ram" and such; more is a sentence

PARTS = lexicon.words(
    "singh kaur kumar devi lal ram rani chand das khan sharma verma sandhu gill sidhu dhillon sahota sing kor kumari begum prasad yadav masih"
    " सिंह कौर कुमार देवी लाल राम रानी चंद दास खान शर्मा कुमारी ਸਿੰਘ ਕੌਰ ਕੁਮਾਰ ਦੇਵੀ ਲਾਲ ਰਾਮ ਰਾਣੀ ਚੰਦ ਦਾਸ ਖਾਨ ਸ਼ਰਮਾ ਗਿੱਲ ਸਿੱਧੂ ਸੰਧੂ ਮਸੀਹ"
)
_MARKS = lexicon.words("ne ton to ka ki ke da di de ko nu nun ने का की के को ਨੇ ਤੋਂ ਦਾ ਦੀ ਦੇ ਨੂੰ from of for")
_AFTER_MARK = lexicon.words("from of for find search remind remaind naam nam name नाम ਨਾਂ ਨਾਮ")
_SPENT_ON = frozenset(word for phrase in lexicon.EXPENSES for word in phrase.split())
_NEVER = (
    lexicon.CURRENCY | lexicon.PAID | lexicon.COUNTED | lexicon.HOUSE | lexicon.NUMBER
    | lexicon.CONNECTION | lexicon.OWNERS | lexicon.TITLES | lexicon.LINKS | lexicon.CENTS | _SPENT_ON
)


def name_in(text: str, tokens: list[Token], counted: list[Entity], *, step: str | None, known: frozenset[str], intent: str | None) -> Entity | None:
    """The name in a text, or None. With step "name" every word that is no filler belongs to it; else only where the intent speaks of a household."""
    taken = [(e.start, e.end) for e in counted]
    spoken = [t for t in tokens if t.word and t.digits is None]
    runs = _runs([t for t in spoken if not any(s <= t.start < e for s, e in taken)], known if step not in ("name", "household") else frozenset())
    if not runs:
        return None
    if step in ("name", "household") and len(runs) == 1 and len(spoken) <= WORDS_MAX + 1:
        return _entity(text, runs[0])
    if intent not in NAMED:
        return None
    return next((_entity(text, run) for run in runs if len(run) <= WORDS_MAX and _plausible(run, spoken, taken, intent)), None)


def _runs(words: list[Token], known: frozenset[str]) -> list[list[Token]]:
    """Neighbouring words nobody knows; a part of names ("Singh") belongs to its neighbour even when it is known."""
    runs: list[list[Token]] = []
    last: Token | None = None
    for token in words:
        part = token.word in PARTS
        if token.word in _NEVER or _is_number_word(token.text) or (token.word in known and not part):
            last = None
            continue
        if last is not None and token.start - last.end <= 2:
            runs[-1].append(token)
        else:
            runs.append([token])
        last = token
    return [run for run in runs if any(len(t.word) > 1 for t in run)]


def _is_number_word(text: str) -> bool:
    known = spelt(text)
    return known is not None and (known in SHIFTS or known in HALVES or known in MULTIPLES or text.isascii())


def _plausible(run: list[Token], spoken: list[Token], taken: list[tuple[int, int]], intent: str | None) -> bool:
    first, last = spoken.index(run[0]), spoken.index(run[-1])
    after = spoken[last + 1].word if last + 1 < len(spoken) else ""
    before = spoken[first - 1].word if first else ""
    if any(t.word in PARTS for t in run) or after in _MARKS or before in _AFTER_MARK or before in _MARKS or after in lexicon.TITLES:
        return True
    return intent in ("collect_payment", "search_household") and (bool(taken) or len(spoken) <= WORDS_MAX)


def _entity(text: str, run: list[Token]) -> Entity:
    start, end = run[0].start, run[-1].end
    return Entity(entity="name", value=text[start:end].strip(), start=start, end=end)
