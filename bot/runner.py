"""One turn: load, understand, advance, call, advance, save. What it says is kept in the same commit as the state, and sent after it.

A call that changes something is kept before it is made, with a key of conversation, inbound and step: a crash resumes by the same key and hears the same
answer. A call that only reads is made again. A hung call ends as "timeout".
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import structlog

from backend.facade.contract import Caller, Empty, Facade
from backend.kit.clock import Clock, india_day, system_clock
from backend.kit.errors import Fault
from backend.kit.faults import faultpoint
from backend.kit.ids import new_id
from backend.kit.outage import DatabaseAway
from bot.actions import ACTIONS
from bot.engine import Answered, Call, Effect, Flows, Part, Said, Say, State, advance, needs_understanding
from bot.messages import Choice, Media, MediaKind, Outbound
from bot.store import Outgoing, Store, Turn, Waiting
from bot.texts import label_words, render
from bot.understanding.base import Understanding

log = structlog.get_logger(__name__)

IDENTIFY_AGAIN_S = 3600  # roles and households may change; an hour is soon enough for a menu, and every money verb checks by itself
UNDERSTANDING_TIMEOUT_S = 1.5
LOCALES = ("en", "hi", "pa")


@dataclass
class Runner:
    """Runs turns over one facade, one set of flows and one understanding."""

    store: Store
    facade: Facade
    flows: Flows
    understanding: Understanding
    clock: Clock = system_clock
    call_timeout_s: float = 5.0
    turn_timeout_s: float = 10.0
    _dead: Part = field(default_factory=lambda: Part("global", "Something is taking too long. Please try again in a minute."))

    async def run(self, waiting: Waiting) -> list[Outgoing] | None:
        """The turn of one message: what to send, or None when the conversation moved on meanwhile. A failure is counted; the sweep tries again.

        DatabaseAway is nobody's failure and not counted: the turn may be run again.
        """
        try:
            return await asyncio.wait_for(self._run(waiting), self.turn_timeout_s)
        except DatabaseAway:
            raise
        except Exception as error:
            log.error("turn failed", inbound_id=str(waiting.inbound_id), error=type(error).__name__, exc_info=True)
            if await self.store.count_failure(waiting.inbound_id):
                return [self._outgoing(waiting, Outbound(text=render(self._dead, waiting.conversation.locale or "en")))[0]]
            return []

    async def _run(self, waiting: Waiting) -> list[Outgoing] | None:
        conversation, pending = waiting.conversation, waiting.conversation.pending
        state = State.model_validate(conversation.state or {})
        demo = conversation.demo
        says: list[Say] = []
        effects: tuple[Effect, ...]
        if pending is not None and pending["inbound_id"] == str(waiting.inbound_id):
            state, effects = State.model_validate(pending["state"]), (Call(**pending["call"]),)
        else:
            state, demo = await self._identify(waiting, state, demo)
            said = await self._understand(waiting, state)
            state, effects = advance(self.flows, state, said, label_words)
        while True:
            says += [e for e in effects if isinstance(e, Say)]
            call = next((e for e in effects if isinstance(e, Call)), None)
            if call is None:
                break
            answer = await self._make(waiting, state, call)
            if answer is None:
                return None
            state, effects = advance(self.flows, state, answer, label_words)
        return await self._save(waiting, state, merged(says), demo)

    async def _identify(self, waiting: Waiting, state: State, demo: bool) -> tuple[State, bool]:
        now = int(self.clock().timestamp())
        if now - int(state.vars.get("seen_at") or 0) < IDENTIFY_AGAIN_S:
            return state, demo
        c = waiting.conversation
        who = await self.facade.identify(Caller(channel=c.channel, address=c.address, locale=state.locale), Empty())
        facts = {"is_collector": bool(who.collects_for), "has_account": who.accounts > 0, "phone_proven": who.phone_proven, "seen_at": now}
        locale = state.locale or (who.locale if who.locale in LOCALES else None) or script_locale(waiting.message.text)
        return state.having(vars={**state.vars, **facts}, locale=locale), who.demo

    async def _understand(self, waiting: Waiting, state: State) -> Said:
        said = Said.of(waiting.message, self.clock())
        if not needs_understanding(self.flows, state, said):
            return said
        step = self.flows.step(state.flow, state.step)
        expected = step.expect.what if step and step.expect else None
        today = india_day(self.clock())
        found = await asyncio.wait_for(self.understanding.parse(said.text[:1000], locale=state.locale, step=expected, today=today), UNDERSTANDING_TIMEOUT_S)
        return said.understood_as(found.intent, found.confidence, {e.entity: e.value for e in reversed(found.entities)}, found.alternatives, found.locale)

    async def _make(self, waiting: Waiting, state: State, call: Call) -> Answered | None:
        action, c = ACTIONS[call.action], waiting.conversation
        if action.changes:
            kept = {"inbound_id": str(waiting.inbound_id), "state": state.model_dump(mode="json"), "call": {"action": call.action, "args": call.args, "name": call.name}}
            if not await self.store.keep_pending(waiting, kept):
                return None
        faultpoint("call.before")
        caller = Caller(channel=c.channel, address=c.address, locale=state.locale)
        try:
            facts = await asyncio.wait_for(action.run(self.facade, caller, call.args, f"{c.id}/{waiting.inbound_id}/{call.name}"), self.call_timeout_s)
        except TimeoutError:
            return Answered(error="timeout")
        except Fault as fault:
            log.info("call refused", action=call.action, code=fault.code, conversation_id=str(c.id))
            return Answered(facts={**call.args, **fault.facts}, error=fault.code)
        faultpoint("call.after")
        return Answered(facts=facts)

    async def _save(self, waiting: Waiting, state: State, says: list[Say], demo: bool) -> list[Outgoing] | None:
        spoken = state.locale or "en"
        kept = state.having(vars={k: v for k, v in state.vars.items() if not k.startswith("_") and v is not None})
        pairs = [self._outgoing(waiting, outbound_of(say, spoken), place, demo=demo) for place, say in enumerate(says)]
        misread = f"{state.flow}.{state.step}" if state.misses and waiting.message.text.strip() else None
        faultpoint("turn.before_save")
        turn = Turn(waiting, kept.model_dump(mode="json"), state.locale, demo, misread, tuple(o for o, _ in pairs), tuple(k for _, k in pairs))
        if not await self.store.save_turn(turn):
            return None
        faultpoint("turn.after_save")
        return [o for o, _ in pairs]

    @staticmethod
    def _outgoing(waiting: Waiting, message: Outbound, place: int = 0, *, demo: bool = False) -> tuple[Outgoing, str]:
        c = waiting.conversation
        return Outgoing(new_id(), c.id, c.channel, c.address, message, None, message.locale, demo), f"{waiting.inbound_id}/{place}"


def script_locale(text: str) -> str | None:
    """The language a script gives away: Gurmukhi is Punjabi, Devanagari is Hindi; Latin may be anything."""
    if any("\u0a00" <= c <= "\u0a7f" for c in text):
        return "pa"
    return "hi" if any("\u0900" <= c <= "\u097f" for c in text) else None


def merged(says: list[Say]) -> list[Say]:
    """One message instead of several: sentences without choices or document join the next message."""
    result: list[Say] = []
    for say in says:
        if result and not (result[-1].choices or result[-1].document or result[-1].asks_contact):
            before = result.pop()
            say = Say((*before.parts, *say.parts), say.choices, say.document, say.asks_contact)  # noqa: PLW2901
        if say.parts or say.document:
            result.append(say)
    return result


def outbound_of(say: Say, locale: str) -> Outbound:
    """A message in a person's language."""
    choices: tuple[Choice, ...] = tuple(
        Choice(number=c.number, id=c.id, label=render(c.label, locale), description=render(c.description, locale) if c.description else "") for c in say.choices
    )
    document = Media(kind=MediaKind.DOCUMENT, reference=say.document["url"], content_type="application/pdf", file_name=say.document["name"]) if say.document else None
    text = "\n".join(render(p, locale) for p in say.parts)
    return Outbound(text=text, choices=choices, document=document, asks_contact=render(say.asks_contact, locale) if say.asks_contact else None, locale=locale)
