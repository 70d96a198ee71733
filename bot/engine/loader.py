"""Reads flow files and refuses what could fail in front of a person: every fault of every file at once, with file, line and column."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import regex
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent

from bot.engine import checks, paths
from bot.engine.definition import Flow, Flows
from bot.engine.matching import folded
from bot.engine.problems import ActionShape, Catalogue, Checked, Problem

__all__ = ["ActionShape", "BadFlows", "Problem", "load_flows"]

FILE_BYTES_MAX = 60_000  # a flow is a page or two; more is a mistake, or an attack by depth
_MARKS = regex.compile(r"[&*]")  # what an anchor or alias would begin with


class BadFlows(Exception):
    """The flows can't be served; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


@dataclass
class _Source:
    """A file's text; where in it a path stands is looked up only when there is a fault to show."""

    name: str
    text: str
    _marks: Any = field(default=None)

    def place(self, path: tuple[Any, ...]) -> tuple[int, int]:
        """Line and column of a path, of its nearest known parent."""
        if self._marks is None:
            self._marks = YAML(typ="rt").load(self.text)
        line, column = 1, 1
        node: Any = self._marks
        for key in path:
            try:
                spot = node.lc.key(key) if isinstance(key, str) else node.lc.item(key)
                line, column, node = spot[0] + 1, spot[1] + 1, node[key]
            except (AttributeError, KeyError, IndexError, TypeError):
                break
        return line, column

    def problem(self, message: str, path: tuple[Any, ...] = ()) -> Problem:
        return Problem(self.name, *self.place(path), message)


def _at(name: str, error: YAMLError) -> Problem:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    message = str(getattr(error, "problem", None) or error).splitlines()[0]
    return Problem(name, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1, message)


def _anchors(name: str, text: str) -> list[Problem]:
    """Anchors and aliases: a few lines of them can stand for gigabytes, and no flow needs them."""
    if not _MARKS.search(text):
        return []
    found = []
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            mark = event.start_mark
            found.append(Problem(name, mark.line + 1, mark.column + 1, "anchors and aliases are not used in flows"))
    return found


def _read(path: Path, problems: list[Problem]) -> tuple[_Source, Flow] | None:
    name, content = path.name, path.read_bytes()
    if len(content) > FILE_BYTES_MAX:
        problems.append(Problem(name, 1, 1, f"larger than {FILE_BYTES_MAX} bytes"))
        return None
    try:
        text = content.decode("utf-8")
        anchors = _anchors(name, text)
        if anchors:
            problems.extend(anchors)
            return None
        plain = YAML(typ="safe", pure=True).load(text)
    except UnicodeDecodeError as error:
        problems.append(Problem(name, 1, 1, f"not UTF-8: byte {error.start}"))
        return None
    except YAMLError as error:
        problems.append(_at(name, error))
        return None
    source = _Source(name, text)
    try:
        flow = Flow.model_validate(plain)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            problems.append(source.problem(f"{'.'.join(str(p) for p in fault['loc']) or 'file'}: {fault['msg']}", fault["loc"]))
        return None
    if flow.flow != path.stem:
        problems.append(source.problem(f"the flow is called {flow.flow!r}, its file {path.stem!r}", ("flow",)))
    return source, flow


def load_flows(folder: Path, actions: Mapping[str, ActionShape], catalogue: Catalogue | None = None) -> Flows:
    """The flows of a folder. BadFlows with every fault of every file; with a catalogue, missing translations and labels too long are faults as well."""
    problems: list[Problem] = []
    read = [found for path in sorted(folder.glob("*.yaml")) if (found := _read(path, problems)) is not None]
    flows = {flow.flow: flow for _, flow in read}
    broken = bool(problems)
    checked = [Checked(flow, source.problem) for source, flow in read]
    checks.check_all(checked, flows, actions, catalogue, whole=not broken)
    if not broken:
        paths.check_paths(checked, flows, actions)
        problems += [Problem(folder.name, 1, 1, f"the engine needs {target!r}") for target in paths.ENGINE_NEEDS if not Flows(flows).has(target, None)]
    problems += [problem for one in checked for problem in one.problems]
    if problems:
        raise BadFlows(list(dict.fromkeys(problems)))
    by_intent = {intent: flow.flow for flow in flows.values() for intent in flow.intents}
    by_word = {folded(word): flow.flow for flow in flows.values() for word in flow.words}
    versions = {flow.flow: hashlib.blake2s(source.text.encode(), digest_size=6).hexdigest() for source, flow in read}
    required = {name: shape.args - shape.optional for name, shape in actions.items()}
    return Flows(flows, by_intent, by_word, versions, required)
