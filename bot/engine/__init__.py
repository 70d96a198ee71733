"""The conversation engine: pure. `advance(flows, state, event)` gives the next state and what is to be done; it neither stores nor sends.

A flow is a YAML file of steps: `say`, `ask`, `call`, `branch`, `enter`, `end`. The state is JSON with ids, codes and amounts only: names, texts and links
arrive as the facts of a call and live for one turn. A call is a wait whose answer comes from the backend: `Call` goes out, `Answered` comes back.
"""

from bot.engine.advance import ACT, OFFER, advance, needs_understanding
from bot.engine.definition import Flow, Flows
from bot.engine.effects import Call, Effect, Part, Say, Shown
from bot.engine.events import Answered, Event, Said
from bot.engine.loader import Problem, load_flows
from bot.engine.state import Asked, Option, State

__all__ = ["ACT", "OFFER", "Answered", "Asked", "Call", "Effect", "Event", "Flow", "Flows", "Option", "Part", "Problem", "Said", "Say", "Shown", "State", "advance", "load_flows", "needs_understanding"]
