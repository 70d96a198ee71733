"""Words the entity rules know, in five written forms, folded as `normalise` folds them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from bot.understanding.normalise import normalise
from bot.understanding.sound import sound


class Words(NamedTuple):
    """What the training texts teach the rules. `known`: how the words of the trade sound, which are nobody's name; `names`: folded words of names, which are no
    word of the trade; `expenses`: how phrases of what money was spent on sound → its type."""

    known: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    expenses: Mapping[str, str] = {}


def words(text: str) -> frozenset[str]:
    """A set of folded words."""
    return frozenset(normalise(w) for w in text.split())


def phrases(table: dict[str, str]) -> dict[str, str]:
    """Folded phrase → value, from a table of value → phrases divided by commas."""
    return {normalise(p): value for value, listed in table.items() for p in listed.split(",")}


CURRENCY = words(
    "rs inr rupee rupees rupaye rupay rupaiye rupaya rupiya rupiye rupye rupee rupe rupes rupai rupya rpe rup ru bucks"
    " रु रुपये रुपए रुपया रूपये रुपयों रुपै रुपैया रूपए ਰੁ ਰੁਪਏ ਰੁਪਿਆ ਰੁਪਈਏ ਰੁਪਇਆ ਰੁਪਏ ਰੁਪੲੇ ਰੁਪਿਏ rupayea rupaiya"
    " rupyea"
)
CENTS = words("paisa paise pese पैसा पैसे ਪੈਸਾ ਪੈਸੇ")
PAID = words(
    "diye diya die dia dite ditte ditta dite ditteh deditte dede dinde paid pay gave given received recd got collected collect jama deposited deposit"
    " mile mila milya mileya mil le liye lie laye lae aaye"
    " ਦਿੱਤੇ ਦਿੱਤਾ ਦਿਤੇ ਜਮਾ ਜਮ੍ਹਾ ਜਮ੍ਹਾਂ ਮਿਲੇ ਮਿਲਿਆ ਲਏ ਲਿਆ ਦੇ दिए दिये दिया जमा मिले मिला लिए लिये vasool vasul cash"
)
COUNTED = words(
    "din dina dinon days day ghar ghara gharon houses house households log logo logon lok loko lokan bande people tarikh tareekh tarik tarikhs date baje bje vje waje"
    " mahine mahina months month saal sal years year ghante ghanta hours hour"
    " nal litre liter unit units bar vari times minute mint percent number nambar no connection connections hafte week weeks baar vaar kilo kg member members"
    " bag bags bora bore piece pieces pcs packet packets feet foot ft fut inch meter metre mm hp kw horse horsepower star stars group groups grupa grupan"
    " दिन दिनों घर घरों लोग तारीख बजे महीने महीना साल घंटे घंटा नल लीटर यूनिट बार मिनट हफ्ते किलो कनेक्शन ਦਿਨ ਦਿਨਾਂ ਘਰ ਘਰਾਂ"
    " ਲੋਕ ਬੰਦੇ ਤਾਰੀਖ ਤਰੀਕ ਵਜੇ ਮਹੀਨੇ ਮਹੀਨਾ ਸਾਲ ਘੰਟੇ ਘੰਟਾ ਲੀਟਰ ਯੂਨਿਟ ਵਾਰ ਮਿੰਟ ਹਫ਼ਤੇ ਕਿਲੋ ਕੁਨੈਕਸ਼ਨ"
    " taps tap persons person shops shop rooms wells motors meters visits calls bills pipes"
    " minutes mins hrs nights am pm vajje wajje litres liters ltr ltrs bache bachche kids children jane janey tanki buckets balti baltiyan parivar family families tootian tootiyan"
    " pratishat fisdi fisad feesdi प्रतिशत फीसदी फुट फ़ुट इंच मीटर हॉर्स बच्चे जने बाल्टी परिवार"
    " ਪ੍ਰਤੀਸ਼ਤ ਫੀਸਦੀ ਫੁੱਟ ਫੁਟ ਇੰਚ ਹਾਰਸ ਜੀਅ ਬੱਚੇ ਜਣੇ ਬਾਲਟੀਆਂ ਪਰਿਵਾਰ ਟੂਟੀਆਂ"
)
HOUSEHOLDS = words("ghar ghara gharan gharon houses households घर घरों ਘਰ ਘਰਾਂ")
SHARERS = HOUSEHOLDS | words("log lok loka bande bandeyan people jane janeya लोग लोगों ਲੋਕ ਲੋਕਾਂ ਬੰਦੇ ਬੰਦਿਆਂ")
MEASURES = words(
    "litre liter litres liters ltr ltrs unit units percent pratishat fisdi fisad feesdi kilo kg km feet foot ft fut inch meter metre mm hp kw horse horsepower am pm"
    " लीटर यूनिट किलो प्रतिशत फीसदी फुट फ़ुट इंच हॉर्स ਲੀਟਰ ਯੂਨਿਟ ਕਿਲੋ ਪ੍ਰਤੀਸ਼ਤ ਫੀਸਦੀ ਫੁੱਟ ਫੁਟ ਇੰਚ ਹਾਰਸ"
)  # however many: "panj sau litre"
HOUSE = words("ghr mkan makn makan makaan ghar house hno h kothi hse ward gali plot street flat मकान घर गली वार्ड कोठी ਮਕਾਨ ਘਰ ਗਲੀ ਵਾਰਡ ਕੋਠੀ")
NOT_MONEY = words("pin pincode code abadi aabadi population आबादी ਆਬਾਦੀ पिन ਪਿੰਨ ਕੋਡ कोड umar umr age उम्र ਉਮਰ class kaksha top टॉप ਟਾਪ")  # what the number after them is of
NUMBER = words("sankhya संख्या ਸੰਖਿਆ number nambar numbar no num nmbr nr नंबर नम्बर नं ਨੰਬਰ ਨੰ")
CONNECTION = words(
    "connection conection conn kanekshan kunection kuneksan consumer khata khaata account acct a_c id connecsan कनेक्शन"
    " कनैक्शन खाता खाते ਕੁਨੈਕਸ਼ਨ ਕਨੈਕਸ਼ਨ ਖਾਤਾ ਖਾਤੇ"
)
OWNERS = words("alian aaliyan आला आले आली आलों ਆਲਾ ਆਲੇ ਆਲੀ ਆਲਿਆਂ wala wale wali walo walon vala vale vali valo waley aala aale ale wallon walean waleyan वाला वाले वाली वालों"
    " ਵਾਲਾ ਵਾਲੇ ਵਾਲੀ ਵਾਲਿਆਂ ਵਾਲੀਆਂ")
READING = words("reading readings riding meter metre mitar miter रीडिंग मीटर ਰੀਡਿੰਗ ਮੀਟਰ")
UNIT = words("unit units yunit यूनिट ਯੂਨਿਟ")
RECEIPT = words("receipt receipts reciept recipt receit resipt recept rcpt rasid raseed rasidh rseed parchi parchee slip रसीद रशीद रसिद रिसीट पर्ची ਰਸੀਦ ਰਸੀਟ ਪਰਚੀ ਪਰਚੀਆਂ")
SOUGHT = words("link jodna jodo joro add search find khojo khoj labho dhundo dhoondo kiska kihda khata connection खोजो ढूंढो"
    " जोड़ो जोड़ना किसका ਲੱਭੋ ਜੋੜੋ ਕਿਹਦਾ ਕਿਸਦਾ whose")
DAY_OF_MONTH = words("tarikh tareekh tarik tareek tariq taarikh taareekh date तारीख तारिख ਤਾਰੀਖ ਤਰੀਕ ਤਾਰੀਕ")
TITLES = words("ji shri sri shrimati smt mr mrs bhai bhaiya sahib saab sab jee sardar s/o जी श्री भाई साहब ਜੀ ਸ਼੍ਰੀ ਭਾਈ ਸਾਹਿਬ")
LINKS = words(
    "ne ton to toh ko ka ki ke da di de nu nun se from of for by the and te aur or wale wala wali vale vala vich mein me ch in on at is has have just"
    " only now cash online upi aaj ajj today please pls ji ok haan han"
    " ने को का की के से में और आज ਨੇ ਤੋਂ ਨੂੰ ਦਾ ਦੀ ਦੇ ਵਿੱਚ ਤੇ ਅਤੇ ਅੱਜ ਵੱਲੋਂ valon wallon नकद ਨਕਦ ਕੈਸ਼ कैश nakad bill bil"
    " water pani paani बिल पानी ਬਿੱਲ ਪਾਣੀ"
)

MONTHS = {
    name: number
    for number, listed in enumerate(
        (
            "january jan janwari janvari जनवरी ਜਨਵਰੀ", "february feb farvari farwari फरवरी फ़रवरी ਫਰਵਰੀ ਫ਼ਰਵਰੀ", "march mar"
            " मार्च ਮਾਰਚ", "april apr aprail aprel अप्रैल ਅਪ੍ਰੈਲ", "may mai मई ਮਈ",
            "june jun joon जून ਜੂਨ", "july jul julai जुलाई ਜੁਲਾਈ", "august aug agast अगस्त ਅਗਸਤ", "september sep sept"
            " sitambar satambar सितंबर सितम्बर ਸਤੰਬਰ",
            "october oct aktubar octuber oktober अक्टूबर अक्तूबर ਅਕਤੂਬਰ ਅਕਤੂਬਰ", "november nov navambar नवंबर नवम्बर ਨਵੰਬਰ",
            "december dec disambar dasambar दिसंबर दिसम्बर ਦਸੰਬਰ",
        ),
        1,
    )
    for name in words(listed)
}  # fmt: skip
WEAK_MONTHS = words("mar may mai jun jan dec")  # also other words: "mar gaya", "may I", "mai"; a month only beside a day, a year or a word of possession

PERIODS = phrases(
    {
        "last_month": "last month,previous month,past month,pichhle mahine,pichle mahine,pichhla mahina,pichla mahina,pichle mahina,pishle mahine"
        ",pishla mahina,pichhle maheene,pichle maheene,pichle mahene,gaye mahine"
        ",lst month,last mnth,pichle month,pichhle month,pishle month,पिछले महीने,पिछला महीना,पिछले माह,गत माह,ਪਿਛਲੇ ਮਹੀਨੇ"
        ",ਪਿਛਲਾ ਮਹੀਨਾ,ਲੰਘੇ ਮਹੀਨੇ,lange mahine",
        "this_month": "this month,this months,current month,is mahine,iss mahine,is mahina,es mahine,ess mahine,is maheene,is month,iss month,es month,chalu"
        " mahine,इस महीने,इस माह,चालू महीने,ਇਸ ਮਹੀਨੇ,ਏਸ ਮਹੀਨੇ,ਇਸ ਮਹੀਨਾ,ਐਸ ਮਹੀਨੇ,aes mahine",
    }
)
DAYS = phrases(
    {
        "today": "today,todays,tdy,tdys,aaj,aj,ajj,आज,ਅੱਜ,abhi aaj",
        "tomorrow": "tomorrow,tomorow,tmrw,tmr,tomoro,bhalke,bhalak,aane wale kal,आने वाले कल,ਭਲਕੇ",
        "yesterday": "yesterday,yesterdays,beeta kal,बीते कल",
        "day_after_tomorrow": "day after tomorrow,parson,parso,parsoon,परसों,परसो,ਪਰਸੋਂ,ਪਰਸੋ",
        "next_week": "next week,nxt week,agle hafte,agle hafta,agle hapte,aglay hafte,agle week,agle haftey,अगले हफ्ते,अगले"
        " हफ़्ते,अगले सप्ताह,ਅਗਲੇ ਹਫ਼ਤੇ,ਅਗਲੇ ਹਫਤੇ,ਅਗਲੇ ਹਫ਼ਤਾ",
        "monday": "monday,somvar,somwar,sombar,सोमवार,ਸੋਮਵਾਰ",
        "tuesday": "tuesday,mangalvar,mangalwar,mangal var,mangalvaar,मंगलवार,ਮੰਗਲਵਾਰ",
        "wednesday": "wednesday,budhvar,budhwar,budvar,बुधवार,ਬੁੱਧਵਾਰ,ਬੁਧਵਾਰ",
        "thursday": "thursday,guruvar,guruwar,veervar,virvar,veerwar,brihaspativar,गुरुवार,बृहस्पतिवार,वीरवार,ਵੀਰਵਾਰ",
        "friday": "friday,shukravar,shukrawar,shukarvar,shukkarvar,शुक्रवार,ਸ਼ੁੱਕਰਵਾਰ",
        "saturday": "saturday,shanivar,shaniwar,shanichar,शनिवार,ਸ਼ਨੀਵਾਰ,ਸ਼ਨਿੱਚਰਵਾਰ",
        "sunday": "sunday,ravivar,raviwar,itvar,itwar,aitvar,aitwar,रविवार,इतवार,ਐਤਵਾਰ,ਰਵੀਵਾਰ",
    }
)
KAL = words("kal kall kalh kl कल ਕੱਲ੍ਹ ਕੱਲ ਕਲ੍ਹ")  # yesterday or tomorrow: the verb tells
PAST = words(
    "c dekhya dekhi dekha dekhia tha thi the si san diya diye kiya hua hui gaya gayi kita kitta ditta ditte ditti chuka hisab collection hoya hoye aaya aayi aaye hoyi jama_hua"
    " vasooli vasuli kitna kinna था थी थे दिया दिए दिये किया हुआ हुई गया गई चुका हिसाब"
    " ਸੀ ਸਨ ਦਿੱਤਾ ਦਿੱਤੇ ਦਿੱਤੀ ਕੀਤਾ ਕੀਤੇ ਕੀਤੀ ਹੋਇਆ ਹੋਈ ਗਿਆ ਗਈ ਹਿਸਾਬ ਆਇਆ ਕਿੰਨਾ"
)

TOGETHER = words("saath sath naal vari vaari bar baar साथ बार ਸਾਥ ਵਾਰ ਵਾਰੀ")  # after "one": at once
BOOKS = words("book books copy copies kitab register किताब कॉपी बुक रजिस्टर ਕਿਤਾਬ ਕਾਪੀ ਬੁੱਕ ਰਜਿਸਟਰ")
HEARD_MIN = 4  # sounds of a word that may be known by its sound alone
_ALL = (
    CURRENCY | CENTS | PAID | COUNTED | SHARERS | MEASURES | HOUSE | NOT_MONEY | NUMBER | CONNECTION | OWNERS | READING | UNIT | RECEIPT | SOUGHT | DAY_OF_MONTH
    | BOOKS
)  # fmt: skip
_OTHERS = frozenset(sound(word) for word in words("maine tuhade"))  # sound like "mahine" and "today"
_HEARD = {heard: word for word in sorted(_ALL, reverse=True) if len(heard := sound(word)) >= HEARD_MIN and heard not in _OTHERS}


@lru_cache(maxsize=8192)
def known_as(word: str) -> str:
    """The word of these lists that a folded word is another spelling of: "wasool" is "vasul"; the word itself when they know it, or nothing that sounds like it."""
    return word if word in _ALL or word in LINKS else _HEARD.get(sound(word), word)
