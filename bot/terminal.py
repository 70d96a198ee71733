"""`mgramseva chat`: a conversation in the terminal, rendered as a channel would show it. Reads lines, so it can be scripted; nothing leaves the machine."""

from __future__ import annotations

import secrets
from typing import TextIO

from backend.kit.ids import new_id
from backend.kit.unit_of_work import SYSTEM
from bot.channels.base import Rendered
from bot.channels.console import as_text
from bot.channels.registry import Channels
from bot.main import opened_bot
from bot.messages import Channel, Inbound, SharedContact
from bot.runner import Runner
from bot.store import Fate, Store, Waiting


async def talk(channel: str, phone: str, locale: str | None, lines: TextIO, out: TextIO, *, port: int | None = None) -> None:
    """Answer each line. A number is a choice as in the channel; `/contact` shares the own number on Telegram; an empty line at a terminal ends it.

    `port`: where the demo beside it serves, so that the links open there.
    """
    overrides = {"public_url": f"http://127.0.0.1:{port}"} if port else None
    async with opened_bot(migrate=True, overrides=overrides, with_simulators=True) as (_, bot, _settings):
        address = phone.lstrip("+") if channel == "telegram" else phone
        if locale is not None:
            async with bot.store.house.open(SYSTEM) as uow:
                await bot.store.conversation_for(uow, channel, "terminal", address, demo=True, locale=locale)
        while line := _next(lines, out):
            contact = SharedContact(phone=phone, own=True) if line.strip() == "/contact" else None
            text = "" if contact else line.strip()
            message = Inbound(channel=Channel(channel), account="terminal", provider_id=secrets.token_hex(8), address=address, text=text, contact=contact)
            (waiting,) = await bot.store.keep_inbound([(new_id(), new_id(), message)])
            for rendered in await _answers(bot.store, bot.desk.runner, bot.channels, waiting):
                print(as_text(rendered), file=out, flush=True)


def _next(lines: TextIO, out: TextIO) -> str:
    """The next line; "" at the end, or at an empty line of a terminal."""
    if lines.isatty():
        print("> ", end="", file=out, flush=True)
        return lines.readline().rstrip("\n")
    return lines.readline()


async def _answers(store: Store, runner: Runner, channels: Channels, waiting: Waiting) -> list[Rendered]:
    adapter = channels.get(Channel(waiting.conversation.channel))
    outgoing = await runner.run(waiting) or []
    await store.set_fates([Fate(o.id, "suppressed", error="terminal") for o in outgoing])  # said here, so never sent anywhere
    return [adapter.render(o.message, o.address) for o in outgoing if adapter is not None and o.message is not None]
