"""Golden transcripts: a YAML file of what a person does, and what the bot said when somebody last read it and found it right.

    about: …                 what the case shows
    channel: whatsapp        whatsapp, sms or telegram
    who: "+919000000001"     a phone of `tests.support.facade_in_memory.village`; a chat id on Telegram
    now: 2026-11-24T12:00:00+05:30
    talk:
      - you: mera bill       or tap: 2, tap: [2, -3] (the last message but two), sticker/voice/picture/place: caption, share: phone, shared_other: phone,
                             group: text; or what happens meanwhile: wait_minutes: 5, broken: fetch_bill (its next call fails), open_payment: true,
                             taken: number (it is another phone's now), dismissed: phone (collects no more), forgotten: chat id
        bot: [ … ]           each message as the channel shows it
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from bot.messages import Channel, MediaKind, Outbound
from tests.support.talk import Talk, lines_of, shown_on

FILES = {"sticker": MediaKind.STICKER, "voice": MediaKind.AUDIO, "picture": MediaKind.IMAGE, "place": MediaKind.LOCATION}
WITHOUT_ANSWER = ("wait_minutes", "broken", "open_payment", "taken", "dismissed", "forgotten")


def cases(folder: Path) -> list[Path]:
    """All transcripts."""
    return sorted(folder.glob("*/*.yaml"))


def read(path: Path) -> Any:
    """A transcript as it stands."""
    return YAML(typ="rt").load(path.read_text(encoding="utf-8"))


def write(path: Path, case: Any) -> None:
    """Write a transcript."""
    yaml = YAML(typ="rt")
    yaml.width = 200
    yaml.indent(mapping=2, sequence=4, offset=2)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(case, file)


async def replay(case: Any) -> tuple[Talk, list[list[str]]]:
    """Do what the person does; what the bot says at each turn, as the channel shows it."""
    talk = Talk(Channel(case["channel"]), str(case["who"]))
    if "now" in case:
        talk.now = datetime.fromisoformat(str(case["now"]))
    said: list[list[str]] = []
    for turn in case["talk"]:
        messages = await _do(talk, turn)
        if messages is not None:
            said.append([lines_of(shown_on(talk.channel, m)) for m in messages])
    return talk, said


async def _do(talk: Talk, turn: Any) -> list[Outbound] | None:
    if any(k in turn for k in WITHOUT_ANSWER):
        _change(talk, turn)
        return None
    if "you" in turn:
        return await talk.say(str(turn["you"]))
    if "tap" in turn:
        number, message = turn["tap"] if isinstance(turn["tap"], list) else (turn["tap"], -1)
        return await talk.tap(number, message=message)
    if "share" in turn or "shared_other" in turn:
        return await talk.share(str(turn.get("share") or turn["shared_other"]), own="share" in turn)
    if "group" in turn:
        return await talk.hear(text=str(turn["group"]), private=False)
    (kind,) = [k for k in FILES if k in turn]
    return await talk.attach(FILES[kind], str(turn[kind] or ""))


def _change(talk: Talk, turn: Any) -> None:
    """What happens meanwhile."""
    facade = talk.facade
    match next((k, v) for k, v in turn.items() if k in WITHOUT_ANSWER):
        case "wait_minutes", minutes:
            talk.wait(minutes=minutes)
        case "broken", verb:
            facade.broken[verb] = 1
        case "taken", number:
            next(h for h in facade.households if h.number == number).phone = ""
        case "dismissed", phone:
            facade.people[phone].collects_for = ()
        case "forgotten", address:
            del facade.telegram[address]
        case _:
            facade.open_payment = True


def expected(case: Any) -> list[list[str]]:
    """What the transcript says the bot says."""
    return [[str(m).rstrip("\n") for m in turn.get("bot") or []] for turn in case["talk"] if not any(k in turn for k in WITHOUT_ANSWER)]


def fill(case: Any, said: list[list[str]]) -> None:
    """Put what was said into a transcript."""
    answers = iter(said)
    for turn in case["talk"]:
        if not any(k in turn for k in WITHOUT_ANSWER):
            turn["bot"] = [LiteralScalarString(m + "\n") for m in next(answers)]
