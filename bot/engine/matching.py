"""What a step decides itself, before any model: buttons, numbers, ordinals and words, in any script."""

from __future__ import annotations

from typing import Literal

import regex

from bot.engine.state import Asked, Option

GlobalCommand = Literal["menu", "back", "help", "stop", "start", "cancel", "language"]

_WORDS: dict[GlobalCommand, str] = {
    "menu": "0 00 menu main menu mainmenu home मेनू मेन्यू मैन्यू ਮੀਨੂ ਮੇਨੂ ਮੈਨਿਊ",
    "back": "back wapas vapas wapis peeche pichhe वापस पीछे ਵਾਪਸ ਪਿੱਛੇ",
    "help": "help madad मदद ਮਦਦ हेल्प ਹੈਲਪ ?",
    "stop": "stop unsubscribe band बंद बन्द ਬੰਦ स्टॉप ਸਟਾਪ",
    "start": "start shuru शुरू स्टार्ट ਸ਼ੁਰੂ ਸਟਾਰਟ",
    "cancel": "cancel radd रद्द ਰੱਦ कैंसल ਕੈਂਸਲ",
    "language": "language lang bhasha bhasa भाषा ਭਾਸ਼ਾ ਬੋਲੀ",
}
_YES = frozenset(
    ("yes y ok okay haan han haa ha ji haanji hanji theek thik sahi हाँ हां हा जी ठीक सही ओके " "ਹਾਂ ਹਾਂਜੀ ਜੀ ਠੀਕ ਸਹੀ ਓਕੇ").split()  # noqa: SIM905
)
_NO = frozenset("no n nahi nahin nai na nhi नहीं नही ना नहि ਨਹੀਂ ਨਹੀ ਨਾ ਨੀ".split())  # noqa: SIM905
_ORDINALS = {
    1: "first one pehla pahla pehli एक पहला पहली ਇੱਕ ਇਕ ਪਹਿਲਾ ਪਹਿਲੀ ek ik",
    2: "second two dusra doosra dooja दो दूसरा दूसरी ਦੋ ਦੂਜਾ ਦੂਜੀ do",
    3: "third three teesra teeja तीन तीसरा ਤਿੰਨ ਤੀਜਾ teen tin",
    4: "fourth four chautha चार चौथा ਚਾਰ ਚੌਥਾ char chaar",
    5: "fifth five panchvan पाँच पांच ਪੰਜ panj paanch",
}
_LANGUAGES = {"en": "english angrezi अंग्रेजी अंग्रेज़ी ਅੰਗਰੇਜ਼ੀ ਅੰਗਰੇਜੀ इंग्लिश ਇੰਗਲਿਸ਼", "hi": "hindi हिंदी हिन्दी ਹਿੰਦੀ", "pa": "punjabi panjabi ਪੰਜਾਬੀ पंजाबी"}
_DIGITS = regex.compile(r"^\W*(\p{Nd}{1,3})\W*$")
_EDGE = regex.compile(r"^[\s\p{P}\p{S}]+|[\s\p{P}\p{S}]+$")
_SPACES = regex.compile(r"\s+")


def folded(text: str) -> str:
    """A word as it is compared: lower case, without outer punctuation and emoji, nukta and joiners gone."""
    plain = text.casefold().replace("\u200c", "").replace("\u200d", "").replace("\u093c", "").replace("\u0a3c", "")
    return str(_SPACES.sub(" ", _EDGE.sub("", plain) or plain.strip()))


def _by_word(table: dict[GlobalCommand, str]) -> dict[str, GlobalCommand]:
    return {folded(word): command for command, words in table.items() for word in [*words.split(), *([words.partition("main menu")[1]] if "main menu" in words else [])]}


_COMMANDS = _by_word(_WORDS)
_ORDINAL_WORDS = {folded(word): number for number, words in _ORDINALS.items() for word in words.split()}
_LANGUAGE_WORDS = {folded(word): locale for locale, words in _LANGUAGES.items() for word in words.split()}


def command_in(text: str) -> GlobalCommand | None:
    """The global command a text is, whole."""
    return _COMMANDS.get(folded(text)) or ("menu" if typed_number(text) == 0 else None)


def language_in(text: str) -> str | None:
    """The language a text names, whole or as its only other word ("hindi please")."""
    words = folded(text).split()
    named = {_LANGUAGE_WORDS[w] for w in words if w in _LANGUAGE_WORDS}
    return named.pop() if len(named) == 1 and len(words) <= 4 else None


def typed_number(text: str) -> int | None:
    """The number a text is, in any script's digits: "१", "੧.", "(2)"."""
    found = _DIGITS.match(text)
    return int(found.group(1)) if found else None


def says_yes(text: str) -> bool | None:
    """True for a yes, False for a no, None for neither."""
    words = folded(text).split()
    if not words or len(words) > 3:
        return None
    if any(w in _NO for w in words):
        return False
    return True if all(w in _YES for w in words) else None


def button_id(nonce: str, option: str) -> str:
    """The id a choice carries to its channel: which list it is of, and which choice."""
    return f"{nonce}:{option}"


def option_of_button(button: str, asked: Asked | None) -> Option | None:
    """The choice a tapped button is, if it is of the last list."""
    nonce, _, wanted = button.partition(":")
    if asked is None or nonce != asked.nonce:
        return None
    return next((o for o in asked.options if o.id == wanted), None)


def option_in(text: str, asked: Asked | None) -> Option | None:
    """The choice a text is: its number, an ordinal, yes or no, or its label in any language."""
    if asked is None:
        return None
    number = typed_number(text)
    if number is not None:
        return next((o for o in asked.options if o.number == number), None)
    said = folded(text)
    for option in asked.options:
        if said and said in option.words:
            return option
    decided = says_yes(text)
    if decided is not None:
        return next((o for o in asked.options if o.id == ("yes" if decided else "no")), None)
    ordinal = _ORDINAL_WORDS.get(said)
    return next((o for o in asked.options if o.number == ordinal), None) if ordinal else None
