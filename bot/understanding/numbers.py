"""Number words of five written forms. Values are exact fractions: "dedh" is 3/2, never a float.

Hindi and Punjabi have an own word for every number to 99. Words are compared in the folded form of `normalise`.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from bot.understanding.normalise import normalise, unsqueezed
from bot.understanding.sound import sound

_TABLES = {
    "hi": (
        "शून्य एक दो तीन चार पांच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस बीस इक्कीस बाईस तेईस"
        " चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस"
        " तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस चालीस इकतालीस बयालीस तैंतालीस चवालीस पैंतालीस"
        " छियालीस सैंतालीस अड़तालीस उनचास"
        " पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ"
        " उनहत्तर सत्तर इकहत्तर बहत्तर तिहत्तर"
        " चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उनासी अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी"
        " नब्बे इक्यानवे बानवे तिरानवे चौरानवे"
        " पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे"
    ),
    "pa": (
        "ਸਿਫਰ ਇੱਕ ਦੋ ਤਿੰਨ ਚਾਰ ਪੰਜ ਛੇ ਸੱਤ ਅੱਠ ਨੌਂ ਦਸ ਗਿਆਰਾਂ ਬਾਰਾਂ ਤੇਰਾਂ ਚੌਦਾਂ ਪੰਦਰਾਂ ਸੋਲਾਂ ਸਤਾਰਾਂ ਅਠਾਰਾਂ ਉੱਨੀ ਵੀਹ ਇੱਕੀ ਬਾਈ"
        " ਤੇਈ ਚੌਵੀ ਪੱਚੀ ਛੱਬੀ ਸਤਾਈ ਅਠਾਈ ਉਨੱਤੀ"
        " ਤੀਹ ਇਕੱਤੀ ਬੱਤੀ ਤੇਤੀ ਚੌਂਤੀ ਪੈਂਤੀ ਛੱਤੀ ਸੈਂਤੀ ਅਠੱਤੀ ਉਨਤਾਲੀ ਚਾਲੀ ਇਕਤਾਲੀ ਬਤਾਲੀ ਤਰਤਾਲੀ ਚੁਤਾਲੀ ਪੰਤਾਲੀ ਛਿਆਲੀ ਸੰਤਾਲੀ ਅਠਤਾਲੀ"
        " ਉਨੰਜਾ"
        " ਪੰਜਾਹ ਇਕਵੰਜਾ ਬਵੰਜਾ ਤਰਵੰਜਾ ਚੁਰੰਜਾ ਪਚਵੰਜਾ ਛਪੰਜਾ ਸਤਵੰਜਾ ਅਠਵੰਜਾ ਉਨਾਹਠ ਸੱਠ ਇਕਾਹਠ ਬਾਹਠ ਤਰੇਹਠ ਚੌਂਹਠ ਪੈਂਹਠ ਛਿਆਹਠ ਸਤਾਹਠ"
        " ਅਠਾਹਠ ਉਨੱਤਰ ਸੱਤਰ ਇਕੱਤਰ ਬਹੱਤਰ ਤਿਹੱਤਰ"
        " ਚੁਹੱਤਰ ਪਚੱਤਰ ਛਿਹੱਤਰ ਸਤੱਤਰ ਅਠੱਤਰ ਉਨਾਸੀ ਅੱਸੀ ਇਕਾਸੀ ਬਿਆਸੀ ਤਿਰਾਸੀ ਚੁਰਾਸੀ ਪਚਾਸੀ ਛਿਆਸੀ ਸਤਾਸੀ ਅਠਾਸੀ ਉਨਾਨਵੇਂ ਨੱਬੇ ਇਕਾਨਵੇਂ"
        " ਬਾਨਵੇਂ ਤਰਾਨਵੇਂ ਚੁਰਾਨਵੇਂ"
        " ਪਚਾਨਵੇਂ ਛਿਆਨਵੇਂ ਸਤਾਨਵੇਂ ਅਠਾਨਵੇਂ ਨੜਿੰਨਵੇਂ"
    ),
    "hi-Latn": (
        "shunya ek do teen char panch chhah saat aath nau das gyarah barah terah chaudah pandrah solah satrah atharah unnis bees ikkis bais teis"
        " chaubis pachis chhabbis sattais atthais untis"
        " tees iktis battis taintis chauntis paintis chhattis saintis adtis untalis chalis iktalis bayalis taintalis chavalis paintalis chhiyalis saintalis adtalis unchas"
        " pachas ikyavan bavan tirpan chauvan pachpan chhappan sattavan atthavan unsath saath iksath basath tirsath chaunsath painsath chhiyasath"
        " sadsath adsath unhattar sattar ikhattar bahattar"
        " tihattar chauhattar pachhattar chhihattar satahattar athahattar unasi assi ikyasi bayasi tirasi chaurasi pachasi chhiyasi sattasi atthasi"
        " navasi nabbe ikyanve banve tiranve chauranve"
        " pachanve chhiyanve sattanve atthanve ninyanve"
    ),
    "pa-Latn": (
        "sifar ikk do tinn char panj chhe satt atth naun das gyaran baran teran chaudan pandran solan satran atharan unni veeh ikki bai tei chauvi pachi chhabi satai athai unatti"
        " teeh ikatti batti teti chaunti painti chhatti sainti athatti untali chali iktali batali tartali chutali pantali chhiali santali athtali unanja"
        " panjah ikvanja bavanja tarvanja churanja pachvanja chhapanja satvanja athvanja unahath sath ikahath bahath tarehath chaunhath painhath chhiahath satahath athahath unattar"
        " sattar ikattar bahattar tihattar chuhattar pachattar chhihattar satattar athattar unasi assi ikasi biasi tirasi churasi pachasi chhiasi"
        " satasi athasi unanven nabbe ikanven banven"
        " taranven churanven pachanven chhianven satanven athanven narinven"
    ),
}
_OTHER_SPELLINGS = (
    "पाँच=5 पाच=5 पान्च=5 छः=6 छ=6 छे=6 पन्द्रह=15 अट्ठारह=18 उन्निस=19 पचीस=25 अठाईस=28 अठ्ठाईस=28 पैतालीस=45 पैंतालिस=45"
    " पेंतालीस=45 चालिस=40 नब्बै=90 पिचहत्तर=75 पचत्तर=75 पिछत्तर=75 पिचासी=85 अस्सि=80 निन्यानबे=99"
    " ਇਕ=1 ਤਿਨ=3 ਛੇਂ=6 ਨੌ=9 ਦੱਸ=10 ਪੰਦਰਾ=15 ਵੀ੍ਹ=20 ਪੰਝੀ=25 ਪੱਚੀ=25 ਪੰਤਾਲੀ=45 ਪੈਂਤਾਲੀ=45 ਪੰਜਾ=50 ਪਚੱਤਰ=75 ਪਝੱਤਰ=75 ਪੰਝੱਤਰ=75"
    " ਪਚਹੱਤਰ=75 ਨਬੇ=90 ਨੱਬੇਂ=90 ਪਚੰਨਵੇਂ=95 ਅੱਸੀਂ=80"
    " ik=1 ikk=1 tin=3 teen=3 tinn=3 chaar=4 paanch=5 pach=5 paanj=5 panch=5 chhe=6 chhai=6 che=6 chah=6 cheh=6 chha=6 sat=7 ath=8 aath=8 no=9 noo=9"
    " nao=9 dass=10 gyara=11 gyaara=11 bara=12 baara=12 tera=13 chauda=14"
    " pandra=15 pandrah=15 pandraan=15 sola=16 solaan=16 satra=17 satara=17 athara=18 unnees=19 bis=20 vih=20 veh=20 vee=20 pacchis=25 pachees=25"
    " pachchis=25 pachhi=25 panjhi=25 tis=30 tih=30 teeh=30 paintees=35 chalees=40 chaalis=40"
    " chaali=40 pentali=45 paintalees=45 pachaas=50 panja=50 panjaah=50 pachpan=55 sathh=60 saath=60 painsath=65 sattar=70 pachhatar=75 pachattar=75"
    " pichattar=75 panjattar=75 assi=80 asi=80 pachasi=85 nabe=90 nabbe=90 nave=90 pachanve=95"
    " pachanave=95 ninyanve=99 ninanve=99"
    " zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12 thirteen=13 fourteen=14 fifteen=15 sixteen=16"
    " seventeen=17 eighteen=18 nineteen=19 twenty=20 thirty=30 forty=40 fourty=40"
    " fifty=50 sixty=60 seventy=70 eighty=80 ninety=90"
    " biyali=42 bayali=42 byali=42 taranve=93 tranve=93 bayanve=92 bayanwe=92 tirasi=83 chaurasi=84 chhiyanve=96 satanve=97 athanve=98 chauranve=94"
    " pachee=25 pachchi=25 pachhi=25 punjah=50 panjaa=50 trai=3 tre=3 dus=10 gyaarah=11 baarah=12 terah=13 chaudah=14 ikki=21 baai=22 tetti=33"
    " paintis=35 adhtis=38 iktali=41 untali=39 sainti=37"
    " pnj=5 pachaah=50 pachah=50 ikvinja=51 ikawan=51 ikyawan=51 bawanja=52 pachwanja=55 chappan=56 chhappan=56 painth=65 painhat=65 pachhtar=75 panjhattar=75 pichhattar=75 chhiasi=86"
    " pachaasi=85 pachassi=85 chhihattar=76 pachanwe=95 pachanve=95 panchanve=95 pachaanve=95 ninanwe=99 ninanave=99 chaliyan=40 panjahan=50"
    " ਤਰੈ=3 ਤ੍ਰੈ=3 ਚਾਲੀਂ=40 ਪੈਂਠ=65 ਪੈਂਹਠ=65 ਸੱਤਰ=70 ਪੰਝੱਤਰ=75 ਪਚਾਨਵੇ=95 ਪਚਾਸ=50 ਪਚਾਸੀ=85 ਛਪੰਜਾ=56 ਇਕਵੰਜਾ=51 ਬਾਰਾ=12 ਪੈਂਤੀ=35 ਪੈਂਤਾਲ਼ੀ=45"
    " इकतालिस=41 पचपण=55 पैंसट=65 पिचानवे=95 पंचानवे=95 पचानबे=95 अस्सी=80 सतरह=17 उन्नीस=19 इक्यावन=51"
    " फाइव=5 टेन=10 फिफ्टी=50 ਫਿਫਟੀ=50"
)
_MULTIPLES = (
    "hundred=100 hundreds=100 hundered=100 hundrd=100 hundread=100 hundrad=100 hunderd=100 thousand=1000 thousnd=1000 thosand=1000 thousands=1000"
    " lakh=100000 lac=100000 lakhs=100000 crore=10000000 k=1000"
    " sau=100 so=100 saw=100 sow=100 soo=100 sou=100 sainkda=100 hazar=1000 hajar=1000 hazaar=1000 hajaar=1000 hzar=1000 hjar=1000 hzr=1000 hjr=1000 hazr=1000 hajr=1000 hazzar=1000"
    " सौ=100 सो=100 सैकड़ा=100 हज़ार=1000 हजार=1000 लाख=100000 करोड़=10000000 हंड्रेड=100 थाउजेंड=1000"
    " ਸੌ=100 ਸੋ=100 ਸੌਂ=100 ਸੈਂਕੜਾ=100 ਹਜ਼ਾਰ=1000 ਹਜਾਰ=1000 ਲੱਖ=100000 ਕਰੋੜ=10000000"
)
_HALVES = (
    "dedh=3/2 derh=3/2 dedhh=3/2 deidh=3/2 ded=3/2 dhai=5/2 dhaai=5/2 adhai=5/2 dhayi=5/2 adhaai=5/2 डेढ़=3/2 डेड़=3/2"
    " ਡੂਢ=3/2 ਡੇਡ=3/2 deed=3/2 dhaiy=5/2 ढ़ाई=5/2 ਢਾਈਆਂ=5/2"
    " ढाई=5/2 अढ़ाई=5/2 ਡੇਢ=3/2 ਡੇੜ=3/2 ਢਾਈ=5/2 adha=1/2 aadha=1/2 half=1/2 आधा=1/2 ਅੱਧਾ=1/2"
)
_SHIFTS = (
    "sava=1/4 sawa=1/4 swa=1/4 sva=1/4 savaa=1/4 सवा=1/4 ਸਵਾ=1/4 saadhe=1/2 sadhe=1/2 saade=1/2 sade=1/2 sarhe=1/2 saarhe=1/2"
    " sadde=1/2 साढ़े=1/2 साढे=1/2 साड़े=1/2 ਸਾਢੇ=1/2 ਸਾਡੇ=1/2 ਸਾੜੇ=1/2"
    " paune=-1/4 pauna=-1/4 pone=-1/4 paun=-1/4 पौने=-1/4 पौन=-1/4 पौना=-1/4 ਪੌਣੇ=-1/4 ਪੌਣਾ=-1/4 ਪੌਣ=-1/4"
)


_ENGLISH = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty"
    " sixty seventy eighty ninety".split()
)


def _both_spellings(exact: dict[str, Fraction]) -> dict[str, Fraction]:
    squeezed: dict[str, Fraction] = {}
    for word, value in exact.items():
        squeezed.setdefault(normalise(word), value)
    return {**squeezed, **exact}


def _pairs(text: str) -> dict[str, Fraction]:
    return _both_spellings({unsqueezed(word): Fraction(value) for word, value in (pair.split("=") for pair in text.split())})


def _units() -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for name, table in _TABLES.items():
        words = table.split()
        if len(words) != 100:
            raise ValueError(f"the number words of {name} are {len(words)}, not 100")
        for value, word in enumerate(words):
            found.setdefault(unsqueezed(word), Fraction(value))
    return {**_both_spellings(found), **_pairs(_OTHER_SPELLINGS)}


def _by_sound() -> dict[str, str]:
    """Long number words by their sound, for spellings nobody listed: "ikyawan", "pachaanwe". Two numbers of one sound are none."""
    found: dict[str, set[Fraction]] = {}
    words: dict[str, str] = {}
    for word, value in UNITS.items():
        if value > 10 and len(heard := sound(word)) >= HEARD_MIN:
            for spoken in {heard, heard.removesuffix("n") if len(heard) > HEARD_MIN else heard}:  # "taranven", "taranve"
                found.setdefault(spoken, set()).add(value)
                words.setdefault(spoken, word)
    return {heard: words[heard] for heard, values in found.items() if len(values) == 1 and heard not in ORDINARY}


ORDINARY = frozenset("IktI AsIn UnsI clIn tItI cUdn bnvI UntI".split())  # "ikatthe", "asin", "once", "chalaen", "tithi", "chhodna", "banwai", "aunty"
HEARD_MIN = 4  # sounds of a number word that may be known by its sound alone
UNITS = _units()
BY_SOUND = _by_sound()
MULTIPLES = _pairs(_MULTIPLES)
HALVES = _pairs(_HALVES)
SHIFTS = _pairs(_SHIFTS)


@lru_cache(maxsize=8192)
def spelt(word: str) -> str | None:
    """The word under which the tables know a word of a text: as written, else without doubled letters. None: no number word."""
    for known in (unsqueezed(word), normalise(word)):
        if known in UNITS or known in MULTIPLES or known in HALVES or known in SHIFTS:
            return known
    return BY_SOUND.get(sound(normalise(word)))


_ENDS = tuple(sorted((end for end in MULTIPLES if len(end) > 1 and end != "so"), key=len, reverse=True))


def parted(word: str) -> int:
    """Where a number and its multiple written as one word part: 3 in "तीनसौ", "dedhsau"; 0 in any other word."""
    lower = word.casefold()
    if not lower.endswith(_ENDS) or spelt(word) is not None:
        return 0
    at = next(len(word) - len(end) for end in _ENDS if lower.endswith(end))
    count = spelt(word[:at]) if at else None
    return at if count is not None and (count in HALVES or UNITS.get(count, 0) > 0) else 0


_NOTHING, _ENDLESS = Fraction(0), Fraction(10**12)


class Reader:
    """Adds up the words of one number, left to right. `take` says whether a word continues the number; `value` is what was read so far."""

    def __init__(self) -> None:
        self._total = self._section = _NOTHING
        self._now: Fraction | None = None
        self._shift: Fraction | None = None
        self._last = _ENDLESS  # the last multiple: they fall from left to right, "do sau hazar" aside
        self._english = False  # the last word was an English unit
        self.words = 0
        self.multiplied = False

    @property
    def value(self) -> Fraction:
        """Rupees read so far."""
        return self._total + self._section + (self._now or 0)

    @property
    def complete(self) -> bool:
        """Whether the words make a number: a lone "sava" does not."""
        return self.words > 0 and self._shift is None

    def take(self, word: str, number: Fraction | None) -> bool:
        """Add a word, or digits with their `number`; False when a new number begins here."""
        if number is None and word in SHIFTS:
            return self._take_shift(SHIFTS[word])
        if number is None and word in MULTIPLES:
            return self._take_multiple(MULTIPLES[word])
        value = number if number is not None else UNITS.get(word, HALVES.get(word))
        spoken, self._english = self._english, number is None and word in _ENGLISH
        return value is not None and self._take_unit(value, hundreds=spoken and self._english)

    def joins(self, word: str) -> bool:
        """Whether a unit goes with the ten before it."""
        value = UNITS.get(spelt(word) or "", _NOTHING)
        return self._now is not None and self._now >= 20 and self._now % 10 == 0 and 0 < value < 10

    def add_half(self) -> None:
        """ "and a half" after a number of one word."""
        self._now = (self._now or Fraction(0)) + Fraction(1, 2)

    def _take_shift(self, shift: Fraction) -> bool:
        if self._now is not None or self._shift is not None:
            return False
        self._shift = shift
        self.words += 1
        return True

    def _take_unit(self, value: Fraction, *, hundreds: bool) -> bool:
        if hundreds and self._now is not None and self._now < 10 <= value and not self.multiplied:
            value += self._now * 100  # "two fifty"
        elif self._now is not None:
            if not (self._now >= 20 and self._now % 10 == 0 and self._now < 1000 and 0 < value < 10):
                return False
            value += self._now
        elif self.multiplied and value >= self._last:
            return False
        self._now = value + (self._shift or 0)
        self._shift = None
        self.words += 1
        return True

    def _take_multiple(self, multiple: Fraction) -> bool:
        if multiple >= self._last and not (self._last == 100 and multiple > 100):
            return False
        if self.multiplied and self._now is None and self._section == 0:
            return False
        count = self._now if self._now is not None else (1 + self._shift if self._shift is not None else None)
        if multiple == 100:
            self._section += (count if count is not None else 1) * 100
        else:
            self._total += (self._section + (count or 0) if self._section or count is not None else Fraction(1)) * multiple
            self._section = Fraction(0)
        self._now = self._shift = None
        self._last, self.multiplied = multiple, True
        self.words += 1
        return True
