"""A conversation without a database: one person on one channel, with the engine, the actions, the texts and the facade in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

from backend.facade.contract import Caller, Empty
from backend.kit.errors import Fault
from bot.actions import ACTIONS, shapes
from bot.channels.base import Rendered
from bot.channels.sms import Sms
from bot.channels.telegram import Telegram
from bot.channels.whatsapp import WhatsApp
from bot.engine import Answered, Call, Effect, Flows, Said, Say, State, advance, load_flows, needs_understanding
from bot.messages import Channel, Choice, Inbound, Media, MediaKind, Outbound, SharedContact
from bot.texts import label_words, render, translations
from tests.support.facade_in_memory import FacadeInMemory, village
from tests.support.keyword_understanding import KeywordUnderstanding

FLOWS = Path(__file__).resolve().parents[2] / "flows"
CALLS_MAX = 12  # more than the engine may ever want


@cache
def flows() -> Flows:
    """The project's flows, with their translations checked."""
    return load_flows(FLOWS, shapes(), translations)


def outbound(say: Say, locale: str) -> Outbound:
    """A message in a person's language."""
    choices = tuple(
        Choice(number=c.number, id=c.id, label=render(c.label, locale), description=render(c.description, locale) if c.description else "") for c in say.choices
    )
    document = Media(kind=MediaKind.DOCUMENT, reference=say.document["url"], file_name=say.document["name"]) if say.document else None
    text = "\n".join(render(part, locale) for part in say.parts)
    return Outbound(text=text, choices=choices, document=document, asks_contact=render(say.asks_contact, locale) if say.asks_contact else None, locale=locale)


def shown_on(channel: Channel, message: Outbound) -> dict[str, Any]:
    """A message as the channel shows it, by the real adapter's rendering."""
    nobody = cast(Any, None)  # rendering needs no account
    match channel:
        case Channel.WHATSAPP:
            rendered: Rendered = WhatsApp(nobody, "", nobody).render(message, "")
        case Channel.SMS:
            rendered = Sms(nobody, "").render(message, "")
        case _:
            rendered = Telegram.render(cast(Any, _TelegramLimits), message, "1")
    return rendered.shown


class _TelegramLimits:
    limits = Telegram.limits


def lines_of(shown: dict[str, Any]) -> str:
    """What a channel shows, as lines for a transcript."""
    lines = [shown["text"]]
    lines += [f"[{b['label']}]" for b in shown.get("buttons", ())]
    if shown.get("rows"):
        lines.append(f"({shown['list_label']})")
        lines += [f"[{r['label']}]" + (f" {r['description']}" if r["description"] else "") for r in shown["rows"]]
    if shown.get("contact_request"):
        lines.append(f"<{shown['contact_request']}>")
    if shown.get("document"):
        lines.append(f"<{shown['document']['name']}>")
    return "\n".join(line for line in lines if line)


@dataclass
class Talk:
    """One person's conversation. The clock is the test's; every state is stored as JSON between turns, as in the real house."""

    channel: Channel = Channel.WHATSAPP
    address: str = "+919000000001"
    now: datetime = field(default_factory=lambda: datetime.fromisoformat("2026-11-24T12:00:00+05:30"))
    stored: dict[str, Any] = field(default_factory=dict)
    understanding: KeywordUnderstanding = field(default_factory=KeywordUnderstanding)
    sent: list[Outbound] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    turns: int = 0
    facade: FacadeInMemory = field(init=False)

    def __post_init__(self) -> None:
        self.facade = village(lambda: self.now)

    @property
    def state(self) -> State:
        """Where the conversation stands."""
        return State.model_validate(self.stored)

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    async def say(self, text: str) -> list[Outbound]:
        """Write."""
        return await self.hear(text=text)

    async def tap(self, number: int, *, message: int = -1) -> list[Outbound]:
        """Tap a choice of the last message that had some (or of an earlier one)."""
        with_choices = [m for m in self.sent if m.choices]
        return await self.hear(button=next(c.id for c in with_choices[message].choices if c.number == number))

    async def attach(self, kind: MediaKind, text: str = "") -> list[Outbound]:
        """Send a file."""
        return await self.hear(text=text, media=(Media(kind=kind, reference="media-1"),))

    async def share(self, phone: str, *, own: bool = True) -> list[Outbound]:
        """Share a contact."""
        return await self.hear(contact=SharedContact(phone=phone, own=own))

    async def hear(self, **what: Any) -> list[Outbound]:
        """One turn with whatever arrives."""
        self.turns += 1
        inbound = Inbound(channel=self.channel, account="test", provider_id=str(self.turns), address=self.address, **what)
        state = await self._known(self.state)
        said = await self._understood(state, Said.of(inbound, self.now))
        state, effects = advance(flows(), state, said, label_words)
        for _ in range(CALLS_MAX):
            call = effects[0] if effects else None
            if not isinstance(call, Call):
                break
            assert len(effects) == 1, "a call is alone"
            state = State.model_validate_json(state.model_dump_json())  # as sealed and read again after a crash
            state, effects = advance(flows(), state, await self._answer(call, state), label_words)
        return self._keep(state, effects)

    async def _known(self, state: State) -> State:
        caller = Caller(channel=self.channel.value, address=self.address, locale=state.locale)
        who = await self.facade.identify(caller, Empty())
        facts = {"is_collector": bool(who.collects_for), "has_account": who.accounts > 0, "phone_proven": who.phone_proven}
        return state.having(vars={**state.vars, **facts}, locale=state.locale or who.locale)

    async def _understood(self, state: State, said: Said) -> Said:
        if not needs_understanding(flows(), state, said):
            return said
        found = await self.understanding.parse(said.text)
        entities = {e.entity: e.value for e in reversed(found.entities)}
        return said.understood_as(found.intent, found.confidence, entities, found.alternatives, found.locale)

    async def _answer(self, call: Call, state: State) -> Answered:
        self.calls.append(call.action)
        caller = Caller(channel=self.channel.value, address=self.address, locale=state.locale)
        try:
            return Answered(facts=await ACTIONS[call.action].run(self.facade, caller, call.args, f"talk/{self.turns}/{call.name}"))
        except Fault as fault:
            return Answered(error=fault.code, facts=fault.facts)

    def _keep(self, state: State, effects: tuple[Effect, ...]) -> list[Outbound]:
        assert state.passing is None, "nothing passes beyond a turn"
        self.stored = json.loads(state.model_dump_json())
        messages = [outbound(effect, state.locale or "en") for effect in effects if isinstance(effect, Say)]
        assert len(messages) <= 2, "at most two messages for one question"
        self.sent += messages
        return messages
