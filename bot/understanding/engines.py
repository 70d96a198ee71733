"""The kinds of understanding by name, opened for a while: what the commands and benchmarks use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Literal

from bot.settings import BotSettings
from bot.understanding.base import Understanding
from bot.understanding.builtin import BuiltIn
from bot.understanding.cascade import Cascade
from bot.understanding.rasa import Rasa
from bot.understanding.sidecar import Address, NoRasa, is_trained, rasa_beside

Engine = Literal["cascade", "rasa", "builtin"]


@asynccontextmanager
async def opened_engine(name: Engine | None, settings: BotSettings, say: Callable[[str], None]) -> AsyncIterator[tuple[str, Understanding]]:
    """The engine by its name; None: the cascade, as the service has it. Rasa is the one of the settings, else one of this machine for the time of the block.

    Raises NoRasa when Rasa alone is asked for and there is none; the cascade goes on without it and says so.
    """
    builtin = BuiltIn.load()
    if name == "builtin":
        yield name, builtin
        return
    async with AsyncExitStack() as stack:
        rasa: Rasa | None = None
        try:
            if settings.nlu_url:
                rasa = await stack.enter_async_context(Rasa(settings.nlu_url, settings.nlu_token, builtin.words))
            else:
                if is_trained():
                    say("Starting Rasa …")
                rasa, _ = await stack.enter_async_context(rasa_beside(Address.new(), builtin.words))
        except NoRasa as reason:
            if name == "rasa":
                raise
            say(f"The built-in model answers alone. {reason}")
        if name == "rasa":
            assert rasa is not None
            yield name, rasa
        else:
            yield "cascade", Cascade(builtin, rasa)
