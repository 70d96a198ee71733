"""What a step decides itself, before any model: buttons, numbers, ordinals, yes and no, command words; in any script's digits and all our languages."""

from __future__ import annotations

from typing import Literal, TypeVar

import regex

from bot.engine.state import Asked, Option

T = TypeVar("T")
Command = Literal["menu", "back", "help", "stop", "start", "cancel", "language", "greet"]

# "|" parts words; each is the whole text, apart from case, punctuation and emoji around it.
_WORDS: dict[Command, str] = {
    "menu": "menu|main menu|mainmenu|home|/menu|menyu|मेनू|मेन्यू|मैन्यू|मीनू|ਮੀਨੂ|ਮੇਨੂ|ਮੈਨਿਊ|ਮੇਨਿਊ",
    "back": "back|go back|wapas|vapas|wapis|vapis|peeche|piche|pichhe|वापस|पीछे|ਵਾਪਸ|ਵਾਪਿਸ|ਪਿੱਛੇ",
    "help": "help|/help|madad|मदद|हेल्प|ਮਦਦ|ਹੈਲਪ|ਮੱਦਦ",
    "stop": "stop|/stop|unsubscribe|stopall|band|band karo|बंद|बन्द|बंद करो|स्टॉप|ਬੰਦ|ਬੰਦ ਕਰੋ|ਸਟਾਪ",
    "start": "start|unstop|subscribe|shuru|shuru karo|chalu|शुरू|शुरु|चालू|स्टार्ट|ਸ਼ੁਰੂ|ਚਾਲੂ|ਸਟਾਰਟ",
    "cancel": "cancel|/cancel|radd|rehne do|rahne do|रद्द|कैंसल|रहने दो|ਰੱਦ|ਕੈਂਸਲ|ਰਹਿਣ ਦਿਓ",
    "language": "language|lang|/language|bhasha|bhasa|boli|भाषा|बोली|ਭਾਸ਼ਾ|ਬੋਲੀ",
    "greet": "/start",  # what Telegram sends for a person when he opens a bot
}
_YES = (
    "yes|y|yes please|ok|okay|yeah|haan|han|haa|ha|haan ji|haanji|hanji|han ji|ji|ji haan|theek|theek hai|thik|thik hai|sahi|sahi hai|"
    "हाँ|हां|हा|जी|जी हाँ|हाँ जी|ठीक|ठीक है|सही|सही है|ओके|ਹਾਂ|ਹਾਂਜੀ|ਹਾਂ ਜੀ|ਜੀ|ਜੀ ਹਾਂ|ਠੀਕ|ਠੀਕ ਹੈ|ਸਹੀ|ਸਹੀ ਹੈ|ਓਕੇ|👍|✅|👌"
)
_NO = "no|n|nope|no no|nahi|nahin|nahi ji|nai|na|nhi|nahi nahi|galat|नहीं|नही|ना|नहि|नहीं जी|गलत|ग़लत|ਨਹੀਂ|ਨਹੀ|ਨਾ|ਨਹੀਂ ਜੀ|ਨਾ ਜੀ|ਗਲਤ|ਗ਼ਲਤ|👎|❌"
_ORDINALS = {
    1: "first|one|pehla|pahla|pehli|ek|एक|पहला|पहली|ਇੱਕ|ਇਕ|ਪਹਿਲਾ|ਪਹਿਲੀ|ikk|ik",
    2: "second|two|dusra|doosra|dusri|dooja|duja|do|दो|दूसरा|दूसरी|ਦੋ|ਦੂਜਾ|ਦੂਜੀ",
    3: "third|three|teesra|tisra|teesri|teeja|tija|teen|tin|तीन|तीसरा|तीसरी|ਤਿੰਨ|ਤੀਜਾ|ਤੀਜੀ|tinn",
    4: "fourth|four|chautha|chauthi|char|chaar|चार|चौथा|चौथी|ਚਾਰ|ਚੌਥਾ|ਚੌਥੀ",
    5: "fifth|five|panchva|panchvi|paanch|panch|panj|पाँच|पांच|पाँचवाँ|पांचवा|ਪੰਜ|ਪੰਜਵਾਂ|ਪੰਜਵੀਂ",
    6: "sixth|six|chhah|chhe|chhatha|छह|छः|छे|छठा|छठी|ਛੇ|ਛੇਵਾਂ|ਛੇਵੀਂ",
    7: "seventh|seven|saat|satt|saatva|सात|सातवाँ|सातवां|ਸੱਤ|ਸੱਤਵਾਂ|ਸੱਤਵੀਂ",
    8: "eighth|eight|aath|atth|aathva|आठ|आठवाँ|आठवां|ਅੱਠ|ਅੱਠਵਾਂ|ਅੱਠਵੀਂ",
    9: "ninth|nine|nau|naun|nauva|नौ|नौवाँ|नौवां|ਨੌਂ|ਨੌਵਾਂ|ਨੌਵੀਂ",
    10: "tenth|ten|das|dasva|दस|दसवाँ|दसवां|ਦਸ|ਦਸਵਾਂ|ਦਸਵੀਂ",
}
_LANGUAGES = {
    "en": "english|angrezi|angreji|अंग्रेजी|अंग्रेज़ी|इंग्लिश|ਅੰਗਰੇਜ਼ੀ|ਅੰਗਰੇਜੀ|ਇੰਗਲਿਸ਼",
    "hi": "hindi|हिंदी|हिन्दी|ਹਿੰਦੀ",
    "pa": "punjabi|panjabi|ਪੰਜਾਬੀ|पंजाबी",
}
_FILLERS_TEXT = (
    "please|in|speak|talk|i|want|language|mein|me|main|bolo|bol|batao|baat|karo|kariye|chahiye|vich|vicch|ch|dasso|gall|karo|ji|में|बोलो|बोलिए|बताओ|बात|करो|करें|"
    "चाहिए|भाषा|जी|ਵਿੱਚ|ਵਿਚ|ਚ|ਦੱਸੋ|ਬੋਲੋ|ਗੱਲ|ਕਰੋ|ਚਾਹੀਦੀ|ਭਾਸ਼ਾ|ਜੀ"
)
_JOINERS = regex.compile("[\u200b-\u200d\u2060\ufe0e\ufe0f\u20e3\u093c\u0a3c]")  # joiners, emoji forms, keycaps, nuktas
_EDGE = regex.compile(r"^[\s\p{P}\p{S}\p{Cf}]+|[\s\p{P}\p{S}\p{Cf}]+$")
_SPACES = regex.compile(r"\s+")
_NUMBER = regex.compile(r"^(?:(?:option|number|no|nambar|नंबर|ਨੰਬਰ) ?)?(\p{Nd}{1,2})(?: ?(?:number|no|nambar|नंबर|ਨੰਬਰ|st|nd|rd|th))?$")
# Letters only: digits of a script are typed by people of every language.
_GURMUKHI, _DEVANAGARI = regex.compile(r"(?=\p{L})\p{Gurmukhi}"), regex.compile(r"(?=\p{L})\p{Devanagari}")


def folded(text: str) -> str:
    """A text as it is compared: lower case, one space, without outer punctuation and emoji; nuktas and joiners gone. A text of emoji alone stays."""
    plain = regex.sub(_JOINERS, "", text.casefold())
    kept = _EDGE.sub("", plain)
    if plain.lstrip().startswith("/") and kept:
        kept = f"/{kept}"
    return str(_SPACES.sub(" ", kept or plain.strip()))


def _table(words: dict[T, str]) -> dict[str, T]:
    return {folded(word): meaning for meaning, line in words.items() for word in line.split("|")}


_COMMAND_OF = _table(_WORDS)
_DECISION_OF = _table({True: _YES, False: _NO})
_ORDINAL_OF = _table(_ORDINALS)
_LANGUAGE_OF = _table(_LANGUAGES)
_FILLERS = frozenset(folded(w) for w in _FILLERS_TEXT.split("|"))
RESERVED = frozenset(_COMMAND_OF) | frozenset(_LANGUAGE_OF)


def command_in(text: str) -> Command | None:
    """The global command a text is, whole; 0 in any script is the menu."""
    said = folded(text)
    return _COMMAND_OF.get(said) or ("menu" if said and all(c.isdecimal() and int(c) == 0 for c in said) and len(said) <= 2 else None)


def language_asked(text: str) -> str | None:
    """The language a text asks for, by its name alone or with words like "please": "hindi please", "ਪੰਜਾਬੀ ਵਿੱਚ ਦੱਸੋ". Nothing for "hindi mein bill"."""
    words = folded(text).split()
    named = [_LANGUAGE_OF[w] for w in words if w in _LANGUAGE_OF]
    return named[0] if len(named) == 1 and all(w in _LANGUAGE_OF or w in _FILLERS for w in words) else None


def script_language(text: str) -> str | None:
    """The language of the script most of a text is in: "pa" for Gurmukhi, "hi" for Devanagari, None for Latin."""
    gurmukhi, devanagari = len(_GURMUKHI.findall(text)), len(_DEVANAGARI.findall(text))
    if not gurmukhi and not devanagari:
        return None
    return "pa" if gurmukhi >= devanagari else "hi"


def typed_number(text: str) -> int | None:
    """The number of a choice that a text is, in any script: "1", "१", "੧.", "(2)", "1️⃣", "no 3". Not "007" or "0001", which are no choices."""
    found = _NUMBER.match(folded(text))
    if found is None or len(str(int(found.group(1)))) != len(found.group(1)):
        return None
    return int(found.group(1))


def says_yes(text: str) -> bool | None:
    """True for a yes, False for a no, None for neither."""
    return _DECISION_OF.get(folded(text))


def button_id(nonce: str, option: str) -> str:
    """The id a choice carries to its channel: which list it is of, and which choice. At most 40 ASCII characters."""
    return f"{nonce}:{option}"


def option_of_button(button: str, asked: Asked | None) -> Option | None:
    """The choice a tapped button is, if it is of the last list."""
    nonce, _, wanted = button.partition(":")
    if asked is None or nonce != asked.nonce:
        return None
    return next((o for o in asked.options if o.id == wanted), None)


def option_in(text: str, asked: Asked | None) -> Option | None:
    """The choice a text is: its number, its label in any language, yes or no, or an ordinal word."""
    if asked is None or not asked.options:
        return None
    number = typed_number(text)
    if number is not None:
        return next((o for o in asked.options if o.number == number), None)
    said = folded(text)
    if not said:
        return None
    for option in asked.options:
        if said in option.words:
            return option
    decided = says_yes(text)
    if decided is not None:
        return next((o for o in asked.options if o.id == ("yes" if decided else "no")), None)
    ordinal = _ORDINAL_OF.get(said)
    return next((o for o in asked.options if o.number == ordinal), None) if ordinal else None
