"""What the engine itself says, whatever the flow. Catalogue context "global"; each is one thought."""

from __future__ import annotations

from bot.engine.effects import Part

GLOBAL = "global"


def pgettext(context: str, text: str) -> Part:
    """Marks a text for extraction; the sentence."""
    return Part(context, text)


NOT_UNDERSTOOD = pgettext("global", "Sorry, I did not understand that.")
SIMPLER = pgettext("global", "Please write only the number of your choice, for example 1. Write 0 for the menu.")
FROM_THE_LIST = pgettext("global", "Please write the number from the list above. Write 0 for the menu.")
TO_A_PERSON = pgettext("global", "I still don't understand. A person of the office can help you.")
NO_VOICE = pgettext("global", "I can't listen to voice messages yet. Please write to me.")
NO_FILE = pgettext("global", "I can't use this picture or file here. Please write to me.")
NO_PLACE = pgettext("global", "I don't need your location. Please write to me.")
OLD_BUTTON = pgettext("global", "That button belongs to an older message. Nothing was changed.")
CHANGED = pgettext("global", "We have changed this conversation. Please choose again.")
TOO_LONG = pgettext("global", "Something is taking too long. Please try again in a minute.")
OTHERS_NUMBER = pgettext("global", "That is somebody else's number. Please share your own number with the button below.")
TOO_OLD = pgettext("global", "That question is some time ago. Please look at it again.")
DID_YOU_MEAN = pgettext("global", "Did you mean this?")
SOMETHING_ELSE = pgettext("global", "Something else")
PRIVATE = pgettext("global", "Please write to me in a private chat. I don't talk about bills in a group.")

# Offered to somebody who writes in a language other than the one he chose; each is said in its own language.
SPEAK = {"en": pgettext("global", "Talk in English"), "hi": pgettext("global", "Talk in Hindi"), "pa": pgettext("global", "Talk in Punjabi")}

FOR_MEDIA = {"audio": NO_VOICE, "video": NO_FILE, "image": NO_FILE, "document": NO_FILE, "location": NO_PLACE}
