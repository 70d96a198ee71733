"""Reads flow files and refuses what could fail in front of a person: every fault at once, with file, line and column."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.engine import conditions
from bot.engine.definition import Flow, Flows, Step
from bot.engine.matching import folded

FILE_BYTES_MAX = 100_000  # a flow is a page; more is a mistake or an attack by anchors
GIVEN = frozenset({"language", "locale", "is_collector", "has_account", "account", "wish", "phone_proven", "_locale"})
_NAMES = regex.compile(r"v\.([a-z_]+)")


@dataclass(frozen=True)
class Problem:
    """One fault of a flow file."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True)
class ActionShape:
    """What the loader must know of an action: its arguments, what its answer holds, its error codes, and whether it moves money."""

    args: frozenset[str]
    facts: frozenset[str]
    errors: frozenset[str]
    moves_money: bool = False


class BadFlows(Exception):
    """The flows can't be served; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))


def _where(marks: Any, path: tuple[Any, ...]) -> tuple[int, int]:
    """Line and column of a path in a round-trip document, the nearest that is known."""
    line, column = 1, 1
    node: Any = marks
    for key in path:
        try:
            lines = node.lc
            position = lines.key(key) if isinstance(node, dict) else lines.item(key)
            line, column = position[0] + 1, position[1] + 1
            node = node[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line, column


@dataclass
class _File:
    name: str
    marks: Any
    flow: Flow
    problems: list[Problem]

    def fault(self, message: str, *path: Any) -> None:
        self.problems.append(Problem(self.name, *_where(self.marks, path), message))


def _read(path: Path, problems: list[Problem]) -> _File | None:
    text = path.read_text(encoding="utf-8")
    if len(text.encode()) > FILE_BYTES_MAX:
        problems.append(Problem(path.name, 1, 1, f"larger than {FILE_BYTES_MAX} bytes"))
        return None
    if regex.search(r"(^|\s)[&*][A-Za-z]", regex.sub(r"(\"[^\"\n]*\"|'[^'\n]*')", "", text)):
        problems.append(Problem(path.name, 1, 1, "anchors and aliases are not used in flows"))
        return None
    try:
        marks = YAML(typ="rt").load(text)
        plain = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        problems.append(Problem(path.name, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1, str(error.problem)))
        return None
    except YAMLError as error:
        problems.append(Problem(path.name, 1, 1, str(error)))
        return None
    try:
        return _File(path.name, marks, Flow.model_validate(plain), problems)
    except ValidationError as error:
        for e in error.errors(include_url=False):
            problems.append(Problem(path.name, *_where(marks, e["loc"]), f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}"))
        return None


def _targets(step: Step) -> list[tuple[str, tuple[Any, ...]]]:
    found: list[tuple[str, tuple[Any, ...]]] = [(c.go, ("choices", i, "go")) for i, c in enumerate(step.choices)]
    if step.choices_from:
        found.append((step.choices_from.go, ("choices_from", "go")))
    if step.expect:
        found.append((step.expect.go, ("expect", "go")))
    found += [(c.go, ("branch", i, "go")) for i, c in enumerate(step.branch or ())]
    found += [(t, ("on_error", code)) for code, t in step.on_error.items()]
    found += [(t, (name,)) for t, name in ((step.next, "next"), (step.ok, "ok")) if t]
    return found


def _check_step(file: _File, name: str, step: Step, flows: dict[str, Flow], actions: Mapping[str, ActionShape]) -> None:
    kinds = [k for k in ("say", "ask", "call", "branch") if getattr(step, k) is not None] + (["end"] if step.end else [])
    if len(kinds) != 1:
        file.fault("a step is exactly one of say, ask, call, branch, end", "steps", name)
    for target, path in _targets(step):
        flow, dot, inner = target.partition(".")
        known = flow in flows and (not inner or inner in flows[flow].steps) if dot else target in file.flow.steps
        if not known:
            file.fault(f"there is no step {target!r}", "steps", name, *path)
    if step.ask is not None and not (step.choices or step.choices_from or step.expect):
        file.fault("nobody can leave this question: it has no choices and expects nothing", "steps", name)
    if step.branch is not None and step.branch[-1].if_ is not None:
        file.fault("a branch ends with a case that always holds", "steps", name, "branch")
    for expression, path in _conditions(step):
        try:
            conditions.check(expression)
        except conditions.BadCondition as error:
            file.fault(f"not a condition: {error}", "steps", name, *path)
    if step.call is not None:
        _check_call(file, name, step, actions)
    if len(step.choices) + (1 if step.choices_from else 0) > 10:
        file.fault("more than the 10 choices a list holds", "steps", name, "choices")


def _conditions(step: Step) -> list[tuple[str, tuple[Any, ...]]]:
    found: list[tuple[str, tuple[Any, ...]]] = [(c.if_, ("branch", i, "if")) for i, c in enumerate(step.branch or ()) if c.if_]
    found += [(c.if_, ("choices", i, "if")) for i, c in enumerate(step.choices) if c.if_]
    for key, parts in (("say", step.say), ("ask", step.ask)):
        found += [(p.if_, (key, i, "if")) for i, p in enumerate(parts or ()) if p.if_]
    return found


def _check_call(file: _File, name: str, step: Step, actions: Mapping[str, ActionShape]) -> None:
    shape = actions.get(step.call or "")
    if shape is None:
        file.fault(f"there is no action {step.call!r}", "steps", name, "call")
        return
    if "*" not in step.on_error:
        file.fault("a call says what happens on any error: on_error needs '*'", "steps", name, "call")
    if step.ok is None:
        file.fault("a call says where it goes on: ok", "steps", name, "call")
    for arg in step.args:
        if arg not in shape.args:
            file.fault(f"{step.call} takes no {arg!r}", "steps", name, "args", arg)
    for arg in shape.args - set(step.args):
        file.fault(f"{step.call} needs {arg!r}", "steps", name, "call")
    for code in step.on_error:
        if code != "*" and code not in shape.errors:
            file.fault(f"{step.call} never ends in {code!r}", "steps", name, "on_error", code)
    if shape.moves_money:
        for other, before in file.flow.steps.items():
            leads = [path for target, path in _targets(before) if target == name]
            if leads and not before.confirms:
                file.fault(f"{step.call} moves money: {other!r} leads to it without being a confirm step", "steps", other)


def _check_names(file: _File, actions: Mapping[str, ActionShape]) -> None:
    """Every variable that is used must have a source: saved, set, expected, taken, or a fact of a call in this flow."""
    sources = set(GIVEN) | set(file.flow.takes.values())
    for step in file.flow.steps.values():
        sources |= set(step.save)
        sources |= {k for c in step.choices for k in c.set} | {k for c in step.branch or () for k in c.set}
        sources |= {step.choices_from.save} if step.choices_from else set()
        sources |= {step.expect.save, step.expect.picture or step.expect.save} if step.expect else set()
        sources |= actions[step.call].facts if step.call in actions else set()
    items = sources | {"head", "kind", "amount", "period", "rate", "minimum", "units", "reading_from", "reading_to", "id", "name", "number", "village", "due", "receipt_no", "paid_on", "url"}
    for name, step in file.flow.steps.items():
        for expression, path in _conditions(step):
            for used in _NAMES.findall(expression):
                if used not in sources:
                    file.fault(f"nothing gives {used!r}", "steps", name, *path)
        for arg, expression in step.args.items():
            if expression.startswith("$") and expression[1:].split(".")[0] not in sources:
                file.fault(f"nothing gives {expression!r}", "steps", name, "args", arg)
        for key, parts in (("say", step.say), ("ask", step.ask)):
            for index, part in enumerate(parts or ()):
                for used in placeholders(part.text):
                    if used not in (items if part.each else sources):
                        file.fault(f"nothing gives {{{used}}}", "steps", name, key, index, "text")


def placeholders(text: str) -> list[str]:
    """The names a sentence uses, without their formats."""
    return [field for _, field, _, _ in string.Formatter().parse(text) if field]


def _check_reach(file: _File, entered: set[str]) -> None:
    seen, todo = set(), [file.flow.start, *entered]
    while todo:
        name = todo.pop()
        if name in seen or name not in file.flow.steps:
            continue
        seen.add(name)
        todo += [t for t, _ in _targets(file.flow.steps[name]) if "." not in t]
    for name in file.flow.steps.keys() - seen:
        file.fault("nothing leads to this step", "steps", name)


def load_flows(folder: Path, actions: Mapping[str, ActionShape]) -> Flows:
    """The flows of a folder. BadFlows with every fault of every file."""
    problems: list[Problem] = []
    files = [f for path in sorted(folder.glob("*.yaml")) if (f := _read(path, problems)) is not None]
    flows = {f.flow.flow: f.flow for f in files}
    entered: dict[str, set[str]] = {name: set() for name in flows}
    for flow in flows.values():
        for step in flow.steps.values():
            for target, _ in _targets(step):
                name, dot, inner = target.partition(".")
                if dot and inner and name in entered:
                    entered[name].add(inner)
    for file in files:
        if file.flow.start not in file.flow.steps:
            file.fault(f"there is no step {file.flow.start!r}", "start")
        for name, step in file.flow.steps.items():
            _check_step(file, name, step, flows, actions)
        _check_names(file, actions)
        _check_reach(file, entered[file.flow.flow] | ENGINE_ENTERS.get(file.flow.flow, set()))
    for name in sorted({"menu", "language", "person", "help", "consent", "cancelled", "trouble"} - set(flows)):
        problems.append(Problem(folder.name, 1, 1, f"the engine needs a flow {name!r}"))
    if problems:
        raise BadFlows(problems)
    by_intent = {intent: f.flow for f in flows.values() for intent in f.intents}
    by_word = {folded(word): f.flow for f in flows.values() for word in f.words}
    return Flows(flows, by_intent, by_word)


# Steps that the engine itself goes to.
ENGINE_ENTERS = {"language": {"first", "set"}, "consent": {"stop", "start"}}
