"""The conversation engine: pure. `advance(flows, state, event)` gives the next state and what is to be done; it neither stores nor sends.

A flow is a YAML file of steps: `say`, `ask`, `call`, `branch`, `enter`, `wish`, `end`. The state is JSON with ids, codes and amounts only: names, texts and
links arrive as the facts of a call, or as what was just said, and live for one turn in `State.passing`.

One turn, for whoever runs it:

    state = State.model_validate(stored or {})                       # {} is a conversation that never spoke
    state = state.having(locale=…, vars={**state.vars, is_collector, has_account, phone_proven})     # what `identify` says, refreshed now and then
    said = Said.of(inbound, arrived_at)
    if needs_understanding(flows, state, said):                      # buttons, numbers, commands and the step's own words need no model
        said = said.understood_as(intent, confidence, entities, alternatives, locale)
    state, effects = advance(flows, state, said, words)
    while effects and isinstance(call := effects[-1], Call):         # a Call is alone: what was said before it waits in `state.passing`
        facts = await ACTIONS[call.action].run(facade, caller, call.args, key)     # key: conversation, inbound, call.name
        state, effects = advance(flows, state, Answered(facts=facts), words)       # or Answered(error=fault.code, facts=fault.facts)
    one or two `Say` are left in effects; state.model_dump(mode="json") is kept

`advance` is deterministic: after a crash the same state and `Said` make the same calls with the same names. At most CALLS_MAX calls and STEPS_MAX steps a
turn. Mid-turn, `state.passing` holds what may name persons (JSON, too): it belongs in sealed storage only. `state.locale` None: not chosen yet.
"""

from bot.engine.advance import ACT, OFFER, advance, needs_understanding
from bot.engine.definition import Flow, Flows
from bot.engine.effects import Call, Effect, Part, Say, Shown
from bot.engine.events import Answered, Event, Said
from bot.engine.loader import ActionShape, BadFlows, Problem, load_flows
from bot.engine.state import Asked, Option, State

__all__ = [
    "ACT", "OFFER", "ActionShape", "Answered", "Asked", "BadFlows", "Call", "Effect", "Event", "Flow", "Flows", "Option", "Part", "Problem", "Said", "Say",
    "Shown", "State", "advance", "load_flows", "needs_understanding",
]  # fmt: skip
