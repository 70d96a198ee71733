"""Numbers and amounts in words, and amounts in digits: English, Hindi, Punjabi, counted the Indian way (hundred, thousand, lakh, crore).

Receipts and read-backs say the amount twice, in digits and in words, so that a slip of one digit is noticed. Hindi and Punjabi have a word of its own
for each number up to 99; the tables are public so that an ear for such words can be built from the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backend.kit.money import Money

LOCALES = ("en", "hi", "pa")

# The tables stand as running text, ten numbers a line, because so they can be read and checked.
_ENGLISH_SMALL = """
    zero one two three four five six seven eight nine
    ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
"""
_ENGLISH_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_HINDI = """
    शून्य एक दो तीन चार पाँच छह सात आठ नौ
    दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस
    बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस
    तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस
    चालीस इकतालीस बयालीस तैंतालीस चवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास
    पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ
    साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर
    सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उनासी
    अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी
    नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे
"""
_PUNJABI = """
    ਸਿਫ਼ਰ ਇੱਕ ਦੋ ਤਿੰਨ ਚਾਰ ਪੰਜ ਛੇ ਸੱਤ ਅੱਠ ਨੌਂ
    ਦਸ ਗਿਆਰਾਂ ਬਾਰਾਂ ਤੇਰਾਂ ਚੌਦਾਂ ਪੰਦਰਾਂ ਸੋਲਾਂ ਸਤਾਰਾਂ ਅਠਾਰਾਂ ਉੱਨੀ
    ਵੀਹ ਇੱਕੀ ਬਾਈ ਤੇਈ ਚੌਵੀ ਪੱਚੀ ਛੱਬੀ ਸਤਾਈ ਅਠਾਈ ਉਨੱਤੀ
    ਤੀਹ ਇਕੱਤੀ ਬੱਤੀ ਤੇਤੀ ਚੌਂਤੀ ਪੈਂਤੀ ਛੱਤੀ ਸੈਂਤੀ ਅਠੱਤੀ ਉਨਤਾਲੀ
    ਚਾਲੀ ਇਕਤਾਲੀ ਬਿਆਲੀ ਤਰਤਾਲੀ ਚੁਤਾਲੀ ਪੰਤਾਲੀ ਛਿਆਲੀ ਸੰਤਾਲੀ ਅਠਤਾਲੀ ਉਨੰਜਾ
    ਪੰਜਾਹ ਇਕਵੰਜਾ ਬਵੰਜਾ ਤਰਵੰਜਾ ਚੁਰੰਜਾ ਪਚਵੰਜਾ ਛਪੰਜਾ ਸਤਵੰਜਾ ਅਠਵੰਜਾ ਉਨਾਹਠ
    ਸੱਠ ਇਕਾਹਠ ਬਾਹਠ ਤਰੇਹਠ ਚੌਂਹਠ ਪੈਂਹਠ ਛਿਆਹਠ ਸਤਾਹਠ ਅਠਾਹਠ ਉਨੱਤਰ
    ਸੱਤਰ ਇਕਹੱਤਰ ਬਹੱਤਰ ਤਿਹੱਤਰ ਚੌਹੱਤਰ ਪਚੱਤਰ ਛਿਹੱਤਰ ਸਤੱਤਰ ਅਠੱਤਰ ਉਨਾਸੀ
    ਅੱਸੀ ਇਕਾਸੀ ਬਿਆਸੀ ਤਿਰਾਸੀ ਚੁਰਾਸੀ ਪਚਾਸੀ ਛਿਆਸੀ ਸਤਾਸੀ ਅਠਾਸੀ ਉਨਾਨਵੇਂ
    ਨੱਬੇ ਇਕਾਨਵੇਂ ਬਾਨਵੇਂ ਤਰਾਨਵੇਂ ਚੁਰਾਨਵੇਂ ਪਚਾਨਵੇਂ ਛਿਆਨਵੇਂ ਸਤਾਨਵੇਂ ਅਠਾਨਵੇਂ ਨਿੜਾਨਵੇਂ
"""


def _english(small: list[str]) -> tuple[str, ...]:
    return tuple(small + [ten if not unit else f"{ten}-{small[unit]}" for ten in _ENGLISH_TENS for unit in range(10)])


SMALL_NUMBERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"en": _english(_ENGLISH_SMALL.split()), "hi": tuple(_HINDI.split()), "pa": tuple(_PUNJABI.split())}
)
"""locale → the words of 0 … 99, by position."""

SCALES: Mapping[str, tuple[tuple[int, str], ...]] = MappingProxyType(
    {
        "en": ((10_000_000, "crore"), (100_000, "lakh"), (1_000, "thousand"), (100, "hundred")),
        "hi": ((10_000_000, "करोड़"), (100_000, "लाख"), (1_000, "हज़ार"), (100, "सौ")),
        "pa": ((10_000_000, "ਕਰੋੜ"), (100_000, "ਲੱਖ"), (1_000, "ਹਜ਼ਾਰ"), (100, "ਸੌ")),
    }
)
"""locale → (value, word), largest first."""

_RUPEE = {"en": ("rupee", "rupees"), "hi": ("रुपया", "रुपये"), "pa": ("ਰੁਪਿਆ", "ਰੁਪਏ")}
_PAISA = {"en": ("paisa", "paise"), "hi": ("पैसा", "पैसे"), "pa": ("ਪੈਸਾ", "ਪੈਸੇ")}
_AND = {"en": "and", "hi": "और", "pa": "ਅਤੇ"}
_MINUS = {"en": "minus", "hi": "ऋण", "pa": "ਮਨਫ਼ੀ"}


def language_of(locale: str) -> str:
    """The language whose words a locale gets: "hi-Latn" → "hi"; one we have no words for → "en"."""
    language = locale.split("-", maxsplit=1)[0].lower()
    return language if language in LOCALES else "en"


def number_words(number: int, locale: str) -> str:
    """A whole number in words: 123456, "en" → "one lakh twenty-three thousand four hundred fifty-six". Negative ones begin with a minus word."""
    language = language_of(locale)
    if number < 0:
        return f"{_MINUS[language]} {number_words(-number, language)}"
    words: list[str] = []
    for value, name in SCALES[language]:
        count, number = divmod(number, value)
        if count:
            words += [number_words(count, language), name]
    if number or not words:
        words.append(SMALL_NUMBERS[language][number])
    return " ".join(words)


def amount_words(amount: Money, locale: str) -> str:
    """An amount in words: Rs 80.50, "en" → "eighty rupees and fifty paise"; no paise part when there are none."""
    language = language_of(locale)
    rupees, paise = divmod(abs(amount.paise), 100)
    parts = []
    if rupees or not paise:
        parts.append(f"{number_words(rupees, language)} {_RUPEE[language][rupees != 1]}")
    if paise:
        parts.append(f"{number_words(paise, language)} {_PAISA[language][paise != 1]}")
    said = f" {_AND[language]} ".join(parts)
    return f"{_MINUS[language]} {said}" if amount.paise < 0 else said


def amount_digits(amount: Money) -> str:
    """An amount in digits, grouped the Indian way: "₹1,23,456.50", "₹80", "-₹5". Paise are shown when there are any."""
    rupees, paise = divmod(abs(amount.paise), 100)
    head, tail = str(rupees)[:-3], str(rupees)[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    sign = "-" if amount.paise < 0 else ""
    return f"{sign}₹{','.join([*pairs, tail])}" + (f".{paise:02d}" if paise else "")
