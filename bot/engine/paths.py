"""What must hold along every way through the flows: each step is reached, nothing turns in a circle without a person, every value has a source, and money
moves only after a confirmed question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import regex

from bot.engine import conditions
from bot.engine.definition import KEPT_ENTITIES, Case, ChoiceDef, Flow, Step
from bot.engine.problems import ActionShape, Checked
from bot.engine.turn import named

Node = tuple[str, str]  # (flow, step)

# Where the engine itself goes.
ENGINE_NEEDS = (
    "menu.", "first.choose", "first.accept", "language.", "language.accept", "person.", "help.", "cancelled.", "trouble.", "consent.stop", "consent.start", "contact.prove",
    "not_yours.",
)  # fmt: skip
# What the engine hands over where it goes.
ENGINE_GIVES = {"contact.prove": ("phone",)}
# Variables that whoever runs the turn keeps up to date, or that the engine sets.
GIVEN = frozenset({"locale", "is_collector", "has_account", "phone_proven", "language"})
_EVERYTHING = frozenset({"*"})
_GUARD = regex.compile(r"\bv\.(\w+) != null")  # a way that is only gone when the value is there


@dataclass
class _Graph:
    """The flows as nodes and edges. `instant` edges are walked without a person; each carries the facts it adds, None when it forgets all before."""

    flows: Mapping[str, Flow]
    edges: dict[Node, list[tuple[Node, bool, frozenset[str] | None]]] = field(default_factory=dict)

    def step(self, node: Node) -> Step:
        return self.flows[node[0]].steps[node[1]]

    def resolve(self, target: str, flow: str) -> Node | None:
        """The node a target names, if it is there."""
        name, dot, step = target.partition(".")
        if not dot:
            name, step = flow, target
        elif name in self.flows and not step:
            step = self.flows[name].start
        return (name, step) if name in self.flows and step in self.flows[name].steps else None


def _leads(flow: str, step: Step, actions: Mapping[str, ActionShape]) -> Iterator[tuple[str, bool, frozenset[str]]]:
    """Targets of a step: (target, without a person, facts added)."""
    none: frozenset[str] = frozenset()
    if step.ask is not None:
        for choice in step.choices:
            yield choice.go, False, none
        if step.choices_from is not None:
            yield step.choices_from.go, False, none
        if step.expect is not None:
            yield step.expect.go, False, frozenset(n for n in (step.expect.save, step.expect.picture, step.expect.amount) if n)
        if step.redo is not None:
            yield step.redo, False, none
    elif step.call is not None:
        shape = actions.get(step.call)
        if step.ok is not None:
            yield step.ok, True, shape.facts if shape else none
        for target in step.on_error.values():
            yield target, True, shape.error_facts if shape else none
    elif step.branch is not None:
        for case in step.branch:
            yield case.go, True, frozenset(_GUARD.findall(case.if_)) if case.if_ and "||" not in case.if_ else none
    else:
        for target, _ in step.targets():
            yield target, True, none


def _graph(flows: Mapping[str, Flow], actions: Mapping[str, ActionShape]) -> _Graph:
    graph = _Graph(flows)
    for flow in flows.values():
        for name, step in flow.steps.items():
            found: list[tuple[Node | None, bool, frozenset[str] | None]]
            found = [(graph.resolve(target, flow.flow), instant, facts) for target, instant, facts in _leads(flow.flow, step, actions)]
            if flow.otherwise is not None:
                found.append((graph.resolve(flow.otherwise, flow.flow), True, None))  # whoever comes here and may not is led on at once
            graph.edges[flow.flow, name] = [(node, instant, facts) for node, instant, facts in found if node is not None]
    return graph


def check_paths(checked: list[Checked], flows: Mapping[str, Flow], actions: Mapping[str, ActionShape]) -> None:
    """All checks along ways."""
    graph = _graph(flows, actions)
    roots = _roots(graph)
    by_flow = {one.flow.flow: one for one in checked}
    _check_reach(graph, roots, by_flow)
    _check_engine(by_flow)
    _check_circles(graph, by_flow)
    sources = _Sources(graph, roots, actions)
    for one in checked:
        for name, step in one.flow.steps.items():
            sources.check(one, name, step)
            shape = actions.get(step.call or "")
            if shape is not None and shape.moves_money:
                _check_money(graph, roots, one, name)


def _roots(graph: _Graph) -> set[Node]:
    """Where a conversation may come in."""
    roots = {(flow.flow, flow.start) for flow in graph.flows.values() if flow.intents or flow.words}
    return roots | {node for target in ENGINE_NEEDS if (node := graph.resolve(target, "")) is not None}


def _check_reach(graph: _Graph, roots: set[Node], by_flow: Mapping[str, Checked]) -> None:
    seen: set[Node] = set()
    todo = list(roots)
    while todo:
        node = todo.pop()
        if node not in seen and node in graph.edges:
            seen.add(node)
            todo += [after for after, _, _ in graph.edges[node]]
    for flow, step in graph.edges.keys() - seen:
        by_flow[flow].fault("nothing leads to this step", "steps", step)


def _check_engine(by_flow: Mapping[str, Checked]) -> None:
    """Where the engine itself goes, it goes with everybody."""
    for name in dict.fromkeys(target.partition(".")[0] for target in ENGINE_NEEDS):
        if name in by_flow and by_flow[name].flow.who != "everyone":
            by_flow[name].fault("the engine needs this flow for everyone", "who")


def _check_circles(graph: _Graph, by_flow: Mapping[str, Checked]) -> None:
    """A way back to itself without a person in it would turn until the limit stops it."""
    done: set[Node] = set()
    for start in graph.edges:
        stack: list[tuple[Node, Iterator[Node]]] = [(start, _instantly(graph, start))] if start not in done else []
        under_way = {start} if stack else set()
        while stack:
            node, ahead = stack[-1]
            after = next(ahead, None)
            if after is None:
                stack.pop()
                under_way.discard(node)
                done.add(node)
            elif after in under_way:
                by_flow[node[0]].fault(f"turns in a circle without asking anybody: back to {after[0]}.{after[1]}", "steps", node[1])
            elif after not in done:
                under_way.add(after)
                stack.append((after, _instantly(graph, after)))


def _instantly(graph: _Graph, node: Node) -> Iterator[Node]:
    return iter([after for after, instant, _ in graph.edges[node] if instant])


def _check_money(graph: _Graph, roots: set[Node], one: Checked, name: str) -> None:
    """Backwards from the call, the first question on every way must be a confirm step answered with yes."""
    before: dict[Node, list[Node]] = {}
    for node, edges in graph.edges.items():
        for after, _, _ in edges:
            before.setdefault(after, []).append(node)
    seen: set[Node] = set()
    todo = [(one.flow.flow, name)]
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        if node in roots:
            one.fault(f"money moves without a question: the flow comes from {node[0]}.{node[1]} without one", "steps", name, "call")
        for earlier in before.get(node, ()):
            step = graph.step(earlier)
            if step.ask is None:
                todo.append(earlier)
                continue
            ways = [c.id for c in step.choices if graph.resolve(c.go, earlier[0]) == node]
            if not step.confirms or ways != ["yes"] or step.redo == node[1]:
                one.fault(f"money moves without a confirmed question: {earlier[0]}.{earlier[1]} leads to it", "steps", name, "call")


class _Sources:
    """Where values come from: variables kept with a conversation, and the facts that are surely there when a step is reached."""

    def __init__(self, graph: _Graph, roots: set[Node], actions: Mapping[str, ActionShape]) -> None:
        self.graph, self.actions = graph, actions
        self.kept = GIVEN | {name for flow in graph.flows.values() for name in _kept_by(flow)}
        self.sure = self._sure(roots)
        self.items = {name: holds for shape in actions.values() for name, holds in shape.items.items()}

    def _sure(self, roots: set[Node]) -> dict[Node, frozenset[str]]:
        """Facts on every way to a node: the largest solution of "what all ways before agree on"."""
        sure: dict[Node, frozenset[str]] = {}
        todo: list[tuple[Node, frozenset[str]]] = []
        for node in roots:
            takes = self.graph.flows[node[0]].takes.values() if node[1] == self.graph.flows[node[0]].start else ENGINE_GIVES.get(f"{node[0]}.{node[1]}", ())
            todo.append((node, frozenset(takes)))
        while todo:
            node, facts = todo.pop()
            known = sure.get(node, _EVERYTHING)
            agreed = facts if known == _EVERYTHING else known & facts
            if agreed == known:
                continue
            sure[node] = agreed
            for after, instant, added in self.graph.edges[node]:
                todo.append((after, frozenset() if added is None else (agreed | added) if instant else added))
        return sure

    def check(self, one: Checked, name: str, step: Step) -> None:
        """Every value a step uses has a source; a question that needs facts says how it can be asked again."""
        here = self.sure.get((one.flow.flow, name), frozenset()) | self.kept
        possible = here | _possible(one.flow, self.actions)
        for used, path, optional in self._uses(step):
            if used not in (possible if optional else here):
                one.fault(f"nothing gives {used!r} here", "steps", name, *path)
        needs = {used for used, path, _ in self._uses(step) if path[0] in ("ask", "choices", "choices_from")} - self.kept
        if step.ask is not None and needs and step.redo is None:
            one.fault(f"asked again, this question would lack {', '.join(sorted(needs))}: name the step that gets it in redo", "steps", name)

    def _uses(self, step: Step) -> Iterator[tuple[str, tuple[Any, ...], bool]]:
        """(value, place, may be absent) of all that a step uses."""
        yield from self._used_by_ways(step)
        for key, texts in (("say", step.say), ("ask", step.ask)):
            for index, text in enumerate(texts or ()):
                held = self.items.get(text.each, frozenset()) if text.each else frozenset()
                yield from ((n, (key, index, "if"), True) for n in conditions.names(text.if_ or "") if n not in held)
                yield from ((n, (key, index, "text"), False) for n in named(text.text) if n not in held)
                yield from ((n, (key, index, "each"), False) for n in (text.each, text.count) if n)
        for index, choice in enumerate(step.choices):
            yield from ((n, ("choices", index, "label"), False) for n in named(choice.label))
        if step.choices_from is not None:
            held = self.items.get(step.choices_from.list, frozenset())
            yield step.choices_from.list, ("choices_from", "list"), False
            yield from ((n, ("choices_from", "label"), False) for n in named(step.choices_from.label + step.choices_from.description) if n not in held)
        shape = self.actions.get(step.call or "")
        for arg, expression in step.args.items():
            if expression.startswith("$"):
                yield expression[1:], ("args", arg), shape is not None and arg in shape.optional
        for value, key in ((step.document, "document"), (step.set_locale, "set_locale")):
            if value is not None and value.startswith("$"):
                yield value[1:], (key,), False

    def _used_by_ways(self, step: Step) -> Iterator[tuple[str, tuple[Any, ...], bool]]:
        """What the cases of a branch and the choices of a question read, to decide and to set."""
        ways: list[tuple[str, int, ChoiceDef | Case]] = [("choices", i, c) for i, c in enumerate(step.choices)]
        ways += [("branch", i, c) for i, c in enumerate(step.branch or ())]
        for key, index, way in ways:
            yield from ((n, (key, index, "if"), True) for n in conditions.names(way.if_ or ""))
            yield from ((v[1:], (key, index, "set"), True) for v in way.set.values() if v and v.startswith("$"))


def _kept_by(flow: Flow) -> Iterator[str]:
    """Variables that a flow keeps with the conversation."""
    yield from (name for entity, name in flow.takes.items() if entity in KEPT_ENTITIES)
    yield from flow.hints
    for step in flow.steps.values():
        yield from step.save
        yield from (name for choice in step.choices for name in choice.set)
        yield from (name for case in step.branch or () for name in case.set)
        if step.choices_from is not None:
            yield step.choices_from.save
        if step.expect is not None and step.expect.what == "amount":
            yield step.expect.save
        if step.expect is not None and step.expect.amount is not None:
            yield step.expect.amount


def _possible(flow: Flow, actions: Mapping[str, ActionShape]) -> frozenset[str]:
    """What may be there somewhere in a flow: conditions and optional arguments live with its absence."""
    found = set(flow.takes.values())
    for step in flow.steps.values():
        shape = actions.get(step.call or "")
        found |= shape.facts | shape.error_facts if shape else set()
        found |= {n for n in (step.expect.save, step.expect.picture, step.expect.amount) if n} if step.expect else set()
    return frozenset(found)
