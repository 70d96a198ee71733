"""What may be learned from: messages that were not understood, of people who allowed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from backend.facade.contract import Facade, Speaker, Speakers
from bot.notices import SYSTEM_CALLER
from bot.store import Store
from bot.understanding.builtin import BuiltIn
from bot.understanding.unmatched import Cluster, Misread, clusters

MESSAGES_MAX = 20_000  # the newest; more than a person could read


@dataclass(frozen=True)
class Learnable:
    """Candidates; how many messages were not understood, and of how many the writers allow learning."""

    candidates: list[Cluster]
    not_understood: int
    allowed: int


async def learnable(store: Store, facade: Facade, model: BuiltIn, since: timedelta) -> Learnable:
    """What was not understood in the last `since` and may be read."""
    found = await store.misread(since, MESSAGES_MAX)
    asked = tuple({Speaker(channel=m.channel, address=m.address) for m in found})
    allowed = {(s.channel, s.address) for s in (await facade.list_learning(SYSTEM_CALLER, Speakers(speakers=asked))).speakers}
    speakers = {place: str(number) for number, place in enumerate(sorted(allowed))}
    usable = [Misread(m.text, m.place, speakers[m.channel, m.address]) for m in found if (m.channel, m.address) in allowed]
    return Learnable(clusters(usable, model), len(found), len(usable))


async def collect(days: int) -> Learnable:
    """`mgramseva nlu unmatched`: the same over the service's own database."""
    from bot.main import opened_bot

    async with opened_bot(migrate=False, with_simulators=True) as (_, bot, _settings):
        return await learnable(bot.store, bot.facade, BuiltIn.load(), timedelta(days=days))
