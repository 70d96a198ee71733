"""Which of the five written forms a text is in: en, hi, pa, and Hindi and Punjabi in Latin letters."""

from __future__ import annotations

import re

from bot.understanding.normalise import normalise

_GURMUKHI = re.compile("[\u0a00-\u0a65\u0a70-\u0a7f]")  # without digits
_DEVANAGARI = re.compile("[\u0900-\u0965\u0970-\u097f]")

_PUNJABI = frozenset(
    normalise(
        "da di de nu nun tuhada tuhadi tuhade tusi tusin kinna kinne kinni kina dasso daso dass haiga haigi haige sada sadi saade sade menu mainu ton te vich vichon hun hunn"
        " kiven kidan kado kadon kithe kithon oh eh ehna ohna karo karna chahida chahidi chahide janda jandi aunda aundi panj chhe satt atth ikk dinda ditta ditte ditti"
        " kihna kihde kihda rehn rehnde chhaddo aundi aunde vikhao gayi deo pai gal naa dinde laye ohna ohna jina pichhe fer hanji aa banda vekhna labhna karao"
        " karauna sareyan walean ditti galti sakde kariye bhariye deyan"
        " dwyangi meharbani parchi ssa sasriakal tooti nava nvi ghat maadi sohna sunehe suneha bakaye mainu kuj haje hune vaar kahde nalon chadh gya giya hoya"
        " hoye hoyi kol pind rabb veer kiddan bhaa kanak meeh"
        " kita kitta kiti kitti pishla pishle pichla changa vadhia sat sri akal bhalke ajj hega jaawe jave naal laina lena pind assi asi ne paisa bhejo kal ena enna labho vekho"
        " vekhna milya mileya aaya ayi jama karaunga devanga dedunga dewanga deyanga rakam keni gal kujh nahin ho gya gayi karta diti lai layi rahi reha paani",
    ).split()
) - frozenset("te ne kal ho karna lena jama paisa pichla nahin karo pani de ayi aya rahi bhejo".split())
_HINDI = frozenset(
    normalise(
        "ka ki ke ko kitna kitne kitni mera meri mere batao bataiye hai hain nahi nahin mujhe hum humara hamara aap aapka aapki apna apni apne kya kyu kyun kab kahan kaise kaisa se"
        " mein me main kar kare karo karna karein karen diya diye dunga dungi denge chahiye chahie raha rahi rahe gaya gayi tha thi hua hui ho par aur bhi abhi wala wale walo"
        " pichhle pichle agle agla is iss yeh wo woh paanch chhah saat aath lena dena bhejo dikhao dekho dekhna kijiye dijiye accha acha theek thik haan ji sab zyada jyada"
        " bhej dedo likh lo likho chalo jao jod jodo jodna bhai bhaiya shukria shukriya namaskar alvida rasid raseed wali sabko kiska bharna bharu h hu nhi bta"
        " bakaya jama dikha dikhao madad chahiye samajh kharcha galti hatao sunao"
        " paise pese rupaye khojo yaad dilao bewakoof pagal bhasha badlo karwa lagta lagti milte dunga bhar pani naya naam"
        " paani galat wapas kal parson hazar namaste dhanyawad shukriya bol sakte sakta milegi mila mili liya liye koi kuch jama karwa karva"
    ).split()
)
_ENGLISH = frozenset(
    normalise(
        "the my is are was how much what why when where please pls plz i want to need show me give get send can you your of for not no yes from this that have has and in it paid"
        " bill pay water hello hi thanks thank receipt last month due dues on due today tomorrow will do does with a an at all new who which stop start back"
        " see you again message messages dont next bye good morning find add my which" " payment collected received gave language english person someone talk ok okay list"
    ).split()
)
_LOANS = frozenset("bill bil pay water payment receipt last month pani due ok no hi do today rs me to list language english is please plz pls".split())


def _latin(words: list[str]) -> str:
    pa = 2 * sum([w in _PUNJABI for w in words])  # these are Punjabi's alone; many of the Hindi words are said in both
    hi = sum([w in _HINDI and w not in _PUNJABI for w in words])
    en = sum([w in _ENGLISH and w not in _LOANS and w not in _HINDI for w in words])
    if pa == 0 and hi == 0:
        return "en"
    if en > pa + hi:
        return "en"
    return "pa-Latn" if pa >= hi and pa else "hi-Latn"


def detect(text: str, *, chosen: str | None = None) -> str:
    """The locale of a text. Without any letter, or with Latin letters that say nothing, the person's `chosen` language decides, else `en`."""
    gurmukhi, devanagari = (0, 0) if text.isascii() else (len(_GURMUKHI.findall(text)), len(_DEVANAGARI.findall(text)))
    if gurmukhi or devanagari:
        return "pa" if gurmukhi >= devanagari else "hi"
    words = [w for w in normalise(text).split() if not w.isdigit()]
    found = _latin(words)
    if found == "en" and not any(w in _ENGLISH or w in _LOANS for w in words):
        return chosen or "en"
    return found
