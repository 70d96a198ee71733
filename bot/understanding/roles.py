"""What a number in a text is: an amount, a connection, a receipt, a reading, a day, or none of them. By the step, and by the words beside it."""

from __future__ import annotations

from bot.understanding import lexicon
from bot.understanding.tokens import Number, Token, numbers

READING_MAX = 10_000_000  # meters show at most seven digits
CONNECTION_DIGITS = 8
DAYS_MAX = 31
DIGIT = 10  # nobody pays less
FEW, LINE_WORDS = 50, 3  # in a sentence that pays nothing, a number below this counts something; "ramesh 40" is a collector's line
MANY = 100  # more people than come with money at once
LARGE = 10_000  # rupees: nobody has as many tanks
SMALL = 20  # a lone number word below this is more often a word ("do", "sat") than money
# who says one of these names no money, unless he says rupees or hundreds
QUIET = frozenset(
    ("greet", "thanks", "goodbye", "menu", "help", "affirm", "deny", "cancel", "back", "change_language", "feedback", "opt_out", "opt_in", "talk_to_person", "out_of_scope")
)
# where money is named, a lone number word ("pachas") is money
MONEY = frozenset(("collect_payment", "cash_deposit", "add_expense", "pay_expense", "pay_bill"))
TOLD_TWICE = frozenset(("explain_bill", "reverse_entry"))  # two amounts: what it is and what it should be


def roles(tokens: list[Token], step: str | None, intent: str | None, *, has_code: bool) -> list[tuple[Number, str]]:
    """The numbers of a text that are something, each with what it is: amount, connection_no, receipt_no, reading or day. `has_code`: a connection is named already."""
    found = numbers(tokens)
    bare = len(found) == 1 and found[0].first == 0 and found[0].after == len([t for t in tokens if t.word or t.digits])
    if bare and step in ("name", "connection_no", "household") and not found[0].money and found[0].text.isdecimal():
        return [(found[0], "connection_no")]
    usable = [n for n in found if not _counts_something(tokens, n, intent) and not _no_number(tokens, n) and (bare or not _weak(tokens, n, intent))]
    played = [(n, _role(tokens, n, usable, step, intent, bare=bare, alone=has_code)) for n in usable]
    marked = sum(role == "amount" and n.money for n, role in played) == 1
    return [(n, _beside_rupees(n, role, intent) if marked else role) for n, role in played if role is not None]


def _beside_rupees(number: Number, role: str, intent: str | None) -> str:
    """Where one number says that it is rupees, plain digits beside it are households: "12, 15, 19 all gave Rs 200 each"."""
    plain = role == "amount" and number.text.isdecimal() and not number.money and len(number.text) <= CONNECTION_DIGITS
    return "connection_no" if plain and intent not in TOLD_TWICE else role


def _words_before(tokens: list[Token], first: int) -> tuple[str, str]:
    """The second last and the last word before a number, over signs as in "H. No. 45" and "connection: 45"."""
    words: list[str] = []
    for token in reversed(tokens[max(0, first - 4) : first]):
        if token.word:
            words.append(token.word)
        elif token.text not in ".:-#/":
            break
    before, earlier = [*words, "", ""][:2]
    return earlier, before


def _near(tokens: list[Token], number: Number) -> tuple[str, str, str]:
    """The two words before a number and the one after it."""
    after = tokens[number.after].word if number.after < len(tokens) else ""
    return (*_words_before(tokens, number.first), after)


def _second_after(tokens: list[Token], number: Number) -> str:
    return tokens[number.after + 1].word if number.after + 1 < len(tokens) else ""


def _counts_something(tokens: list[Token], number: Number, intent: str | None) -> bool:
    """Numbers that are no money, number or reading: houses, days, measures, years, ordinals."""
    if _is_negative(tokens, number):
        return True
    if number.money:
        return False
    earlier, before, after = _near(tokens, number)
    second = _second_after(tokens, number)
    if before in lexicon.NOT_MONEY or before in lexicon.HOUSE or _number_of_a_house(tokens, number, earlier, before):
        return True
    if before in lexicon.BOOKS or before in _CALLED or (before in lexicon.NUMBER and any(t.word in lexicon.BOOKS for t in tokens[: number.first])):
        return True
    if _is_financial_year(tokens, number) or _is_ordinal(tokens, number) or _ends_a_range(tokens, number):
        return True
    if number.after < len(tokens) and tokens[number.after].text == "%":
        return True
    if intent == "meter_reading" and after in lexicon.UNIT:
        return False
    if after in lexicon.NUMBER:
        return False  # "45 no wale" is a connection
    if number.text.isdecimal() and (intent is None or intent in QUIET) and not number.text.startswith("0") and {after, second} & _CALLED:
        return True
    if after in lexicon.MEASURES or (before in lexicon.UNIT and intent != "meter_reading") or _is_range(tokens, number):
        return True
    if after in lexicon.HOUSE and number.after + 1 < len(tokens) and tokens[number.after + 1].digits:
        return False  # "700 house 33": the house is of the next number
    if after in _MONTH and second in _OF and (number.multiplied or number.value >= SMALL):
        return False  # "dedh sau mahine da": by the month
    if after in lexicon.SHARERS - lexicon.HOUSEHOLDS and second in _GIVERS and number.value >= MANY:
        return False  # "800 bande ne": a man gave it
    if after in lexicon.COUNTED | lexicon.SHARERS and not (number.multiplied and number.value >= LARGE):
        return not (before in lexicon.CONNECTION or before in lexicon.NUMBER)
    if number.spelt and not number.multiplied and number.value < SMALL:
        return len(tokens) != number.after - number.first
    return _is_year(number, before, after, whole=len(tokens) == 1) or _is_time(tokens, number)


def _is_negative(tokens: list[Token], number: Number) -> bool:
    """ "-5": a sign that stands at the number and apart from what is before it; nobody pays less than nothing."""
    sign = tokens[number.first - 1] if number.first else None
    return sign is not None and sign.text in "-−" and sign.end == tokens[number.first].start and (number.first == 1 or tokens[number.first - 2].end < sign.start)


def _number_of_a_house(tokens: list[Token], number: Number, earlier: str, before: str) -> bool:
    """ "house no 45", "ghar ka number 12", "my house no is 45"."""
    named = before in lexicon.NUMBER or (before in _IS and (earlier in lexicon.NUMBER or earlier in lexicon.HOUSE))
    return named and any(t.word in lexicon.HOUSE for t in tokens[max(0, number.first - 4) : number.first])


def _is_range(tokens: list[Token], number: Number) -> bool:
    """ "6 to 8 am": what is counted after the second number is counted before it, too."""
    joined = number.after + 2 < len(tokens) and (tokens[number.after].word in _TO or tokens[number.after].text in "-–")
    return joined and tokens[number.after + 1].digits is not None and tokens[number.after + 2].word in (lexicon.MEASURES | lexicon.COUNTED)


def _is_ordinal(tokens: list[Token], number: Number) -> bool:
    """ "12vi", "10th": written in one word."""
    after = tokens[number.after] if number.after < len(tokens) else None
    return after is not None and number.text.isdecimal() and after.start == tokens[number.first].end and after.word in _ORDINALS


def _ends_a_range(tokens: list[Token], number: Number) -> bool:
    """ "1 to 60", "5 se 10 tak": neither is a sum."""
    for first in (number.first, number.first - 2):
        ends = tokens[first : first + 3] if first >= 0 else []
        if len(ends) == 3 and ends[0].digits and ends[2].digits and ends[1].word in _TO and len(ends[0].digits) < 3 and len(ends[2].digits) < 3:
            return True
    return False


def _is_financial_year(tokens: list[Token], number: Number) -> bool:
    """ "2021-22": either number of it."""
    for first in (number.first, number.first - 2):
        years = tokens[first : first + 3] if first >= 0 else []
        if len(years) == 3 and years[1].text in "-–/" and years[0].digits and years[2].digits and len(years[0].digits) == 4:
            return 1950 <= int(years[0].digits) <= 2035 and years[2].digits == str((int(years[0].digits) + 1) % 100).zfill(2)
    return False


def _is_time(tokens: list[Token], number: Number) -> bool:
    """ "8.30" where hours are spoken of."""
    hours, dot, minutes = number.text.partition(".")
    return bool(dot) and hours.isdecimal() and int(hours) < 25 and len(minutes) == 2 and int(minutes) < 60 and any(t.word in _HOURS for t in tokens)


def _weak(tokens: list[Token], number: Number, intent: str | None) -> bool:
    """A number that is none: digits in a talk about nothing with an amount; "so", "bai", "lakh lakh" where nobody speaks of money."""
    if number.money:
        return False
    if intent in QUIET:
        return not number.multiplied or _repeats(tokens, number)
    if not number.spelt or (number.multiplied and number.after - number.first > 1 and not _repeats(tokens, number)):
        return False
    if number.multiplied and tokens[number.first].word in _HUNDRED and intent in TOLD_TWICE:
        return False
    return intent not in MONEY and not any(t.word in lexicon.PAID or t.word in _GIVERS for t in tokens)


def _no_number(tokens: list[Token], number: Number) -> bool:
    """Number words that are more often something else: "no", "so", "saath", and "asi", which is who speaks, unless rupees or hundreds stand beside them."""
    if number.money:
        return False
    spoken = tokens[number.first : number.after]
    if len(spoken) == 1 and spoken[0].word in _WE:
        return number.after < len(tokens) and not (number.first and tokens[number.after].word in lexicon.PAID)
    return all(t.word in _NO_NUMBER for t in spoken)


def _repeats(tokens: list[Token], number: Number) -> bool:
    """ "lakh lakh", "so": one word, however often."""
    return len({t.word for t in tokens[number.first : number.after]}) == 1


_NO_NUMBER = lexicon.words("bai baai ਬਾਈ no so soo sow saw lakh lac k सो ਸੋ लाख ਲੱਖ chali chaali saath sath")  # unless another number stands before them
_WE = lexicon.words("asi assi asin assin ਅਸੀ ਅਸੀਂ")
_HUNDRED = lexicon.words("sau सौ ਸੌ hundred")
_AND = lexicon.words("te aur and or & और ਤੇ ਅਤੇ")
_GIVERS = lexicon.words("ne nay paid gave ne ने ਨੇ ton se ਤੋਂ से")
_BY = lexicon.words("ko nu nun nuu tak takk tk को तक ਨੂੰ ਤੱਕ ਤਕ")
_OF = lexicon.words("ka ki ke da di de mein me vich ch का की के में ਦਾ ਦੀ ਦੇ ਵਿੱਚ ਚ saal sal year in san सन ਸੰਨ साल ਸਾਲ")
_HOURS = lexicon.words("am pm baje bje vaje vajje wajje o'clock बजे ਵਜੇ at time subah sham savere shaam सुबह शाम ਸਵੇਰੇ ਸ਼ਾਮ")
_CALLED = lexicon.words("phone fone call helpline toll dial ਫੋਨ ਕਾਲ फोन कॉल हेल्पलाइन")
_MONTH = lexicon.words("mahine mahina month महीने महीना ਮਹੀਨੇ ਮਹੀਨਾ")
_IS = lexicon.words("is hai h aa e hega है ਹੈ ਆ")
_TO = lexicon.words("to se ton te tak से ਤੋਂ ਤੇ तक ਤੱਕ")
_MORE = lexicon.words("zyada jyada jada vadh vadd upar uper above over more than below under ghat kam ज्यादा ज़्यादा ऊपर कम ਵੱਧ ਉੱਪਰ ਉਪਰ ਘੱਟ ਜ਼ਿਆਦਾ ਜਿਆਦਾ")
_FEES = lexicon.words("charge charges charj fee fees fis rate rates kharcha cost चार्ज फीस शुल्क रेट ਚਾਰਜ ਫੀਸ ਰੇਟ")
_ORDINALS = lexicon.words("vi va ve vin van th st nd rd वीं वां वें वी वा ਵੀਂ ਵਾਂ ਵੇਂ ਵੀ ਵਾ")
_YEARS = lexicon.words("since of from till upto the")
_SINCE = lexicon.words("since from ton toh se tak तक से ਤੋਂ ਤੱਕ")


def _is_year(number: Number, before: str, after: str, *, whole: bool) -> bool:
    year = (number.text.isdecimal() and len(number.text) == 4 and 1950 <= number.value <= 2035) or (number.spelt and 2000 < number.value <= 2035)
    return year and not whole and (after in _OF or before in _OF or before in lexicon.MONTHS or (after in _SINCE and number.value % 100 != 0) or before in _YEARS)


def _role(tokens: list[Token], number: Number, usable: list[Number], step: str | None, intent: str | None, *, bare: bool, alone: bool) -> str | None:
    _, before, after = _near(tokens, number)
    plain = number.text.isdecimal() and not number.money
    if number.money or (step == "amount" and bare):
        return "amount"
    if intent == "meter_reading" or (intent is None and step is None and _is_read(tokens, number)):
        return _role_of_reading(tokens, number, usable)
    if number.spelt and after in lexicon.NUMBER and number.value.denominator == 1:
        return "connection_no"  # "pichhattar no wale"
    if not plain:
        return "reading" if step == "reading" and bare else "amount"
    if bare and step is not None:
        return {"reading": "reading", "amount": "amount", "phone": None, "otp": None, "upi_reference": None, "text": None}.get(step, "amount")
    if intent == "promise_to_pay" and int(number.text) <= DAYS_MAX and after in _BY:
        return "day"
    if _is_receipt(tokens, number):
        return "receipt_no"
    if _is_connection(tokens, number, usable, intent, alone=alone):
        return "connection_no"
    if len(number.text) > CONNECTION_DIGITS or intent in ("search_household", "link_connection"):
        return "connection_no" if len(number.text) <= CONNECTION_DIGITS else None
    few = intent is None and number.value < FEW and len(tokens) > LINE_WORDS and not any(t.word in lexicon.PAID for t in tokens)
    return "amount" if number.value >= DIGIT and not few else None


def _is_read(tokens: list[Token], number: Number) -> bool:
    """Where a meter is spoken of and no money, plain digits are what it shows."""
    spoken = any(t.word in lexicon.READING for t in tokens)
    return spoken and not (number.multiplied or any(t.word in lexicon.PAID or t.word in lexicon.CURRENCY for t in tokens))


def _is_compared(tokens: list[Token], number: Number) -> bool:
    """ "500 se zyada", "more than 500": a sum, not a household."""
    return any(t.word in _MORE for t in tokens[max(0, number.first - 2) : number.after + 3])


def _is_receipt(tokens: list[Token], number: Number) -> bool:
    """ "receipt no 2231", "rasid 1875 galat hai"; "rasid 500 di" is one of 500 rupees."""
    earlier, before, after = _near(tokens, number)
    named = before in lexicon.RECEIPT or (before in lexicon.NUMBER and earlier in lexicon.RECEIPT)
    return named and not (before in lexicon.RECEIPT and (after in _OF or after in lexicon.OWNERS))


def _is_listed(tokens: list[Token], number: Number, usable: list[Number]) -> bool:
    """ "145, 146 te 147 ne 200 ditte": numbers in a row, then who gave, then money."""
    row: list[Number] = []
    for one in usable:
        if row and any(t.text != "," and t.word not in _AND for t in tokens[row[-1].after : one.first]):
            break
        row.append(one)
    after = tokens[row[-1].after].word if row and row[-1].after < len(tokens) else ""
    return 1 < len(row) < len(usable) and number in row and (after in _GIVERS or after in lexicon.OWNERS)


def _role_of_reading(tokens: list[Token], number: Number, usable: list[Number]) -> str | None:
    """Where a meter is read, numbers are readings, but for the household's own."""
    earlier, before, after = _near(tokens, number)
    named = before in lexicon.CONNECTION or (before in lexicon.NUMBER and earlier in lexicon.CONNECTION) or after in lexicon.OWNERS
    if named or (len(usable) > 1 and number is usable[0] and (after in _OF or number.text.startswith("0"))):
        return "connection_no" if number.text.isdecimal() else None
    return "reading" if number.value < READING_MAX else None


def _is_called(tokens: list[Token], number: Number) -> bool:
    """ "connection 45", "conn no 45"."""
    earlier, before, _ = _near(tokens, number)
    return before in lexicon.CONNECTION or (before in lexicon.NUMBER and earlier in lexicon.CONNECTION)


def _is_connection(tokens: list[Token], number: Number, usable: list[Number], intent: str | None, *, alone: bool) -> bool:
    earlier, before, after = _near(tokens, number)
    others, first = [n for n in usable if n is not number], number is usable[0]
    if _is_listed(tokens, number, usable):
        return True
    if number.text.startswith("0") or _is_called(tokens, number) or (before in lexicon.NUMBER and before != "no"):
        return True
    if before in _IS and earlier in lexicon.NUMBER and any(t.word in lexicon.CONNECTION for t in tokens[max(0, number.first - 4) : number.first]):
        return True
    if (intent == "send_reminder" and not _is_compared(tokens, number)) or (before in lexicon.NUMBER and earlier in lexicon.READING):
        return True
    if after in lexicon.NUMBER and (others or _second_after(tokens, number) in lexicon.OWNERS | lexicon.HOUSE):
        return True
    if after in lexicon.OWNERS and first and (others or intent in ("search_household", "send_reminder", "collect_payment")):
        return True
    if others and first and others[0].value != number.value and not alone and not any(_is_called(tokens, n) for n in others) and intent not in ("add_expense", "cash_deposit", "pay_expense"):
        if intent in TOLD_TWICE and after not in _OF and after not in _GIVERS and after not in lexicon.OWNERS:
            return False
        return not others[0].text.startswith("0")  # "500 0045": the money came first
    sought = any(t.word in lexicon.SOUGHT for t in tokens) and not any(t.word in _FEES for t in tokens) and intent in (None, "search_household", "link_connection", "my_connections", "check_bill")
    return not others and sought and len(number.text) <= CONNECTION_DIGITS
