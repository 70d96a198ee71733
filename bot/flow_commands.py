"""`mgramseva flows check|draw`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.actions import shapes
from bot.engine.definition import Flow
from bot.engine.loader import BadFlows, Problem, load_flows
from bot.texts import translations

FOLDER = Path(__file__).resolve().parents[1] / "flows"
flows = typer.Typer(help="Flows: check, draw.", no_args_is_help=True)
WRONG_CALL = 2


@flows.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Where the flow files are.")] = FOLDER,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document as the last line.")] = False,
) -> None:
    """Every fault of the flow files, with file, line and column; missing translations and labels too long as well. Exit 1 if there is one."""
    if not folder.is_dir():
        print(f"There is no folder {folder}.")
        raise typer.Exit(WRONG_CALL)
    problems: list[Problem] = []
    counted = {"flows": 0, "steps": 0}
    try:
        loaded = load_flows(folder, shapes(), translations)
        counted = {"flows": len(loaded.by_name), "steps": sum(len(f.steps) for f in loaded.by_name.values())}
    except BadFlows as bad:
        problems = bad.problems
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{counted['flows']} flows, {counted['steps']} steps: no fault.")
    if as_json:
        faults = [{"file": p.file, "line": p.line, "column": p.column, "message": p.message} for p in problems]
        print(json.dumps({**counted, "problems": faults}, ensure_ascii=False))
    raise typer.Exit(1 if problems else 0)


def mermaid(flow: Flow) -> list[str]:
    """A flow as lines of a Mermaid diagram: questions round, calls as subroutines, branches as diamonds, other flows as dashed ends, others' way dotted."""
    lines, outside = [], set()
    if flow.otherwise is not None:
        other, _, inner = flow.otherwise.partition(".")
        outside.add((f"{other}_{inner or 'start'}", flow.otherwise.rstrip(".")))
        lines.append(f"  {flow.flow}_{flow.start} -.->|not a {flow.who}| {other}_{inner or 'start'}")
    for name, step in flow.steps.items():
        node = f"{flow.flow}_{name}"
        if step.ask is not None:
            lines.append(f'  {node}(["{name}"])')
        elif step.call is not None:
            lines.append(f'  {node}[["{name}: {step.call}"]]')
        elif step.branch is not None:
            lines.append(f'  {node}{{"{name}"}}')
        else:
            lines.append(f'  {node}["{name}"]')
        for target, path in step.targets():
            other, dot, inner = target.partition(".")
            to = f"{other}_{inner or 'start'}" if dot else f"{flow.flow}_{target}"
            if dot and other != flow.flow:
                outside.add((to, f"{other}.{inner}".rstrip(".")))
            lines.append(f"  {node} -->|{_edge(flow, name, path)}| {to}")
    lines += [f'  {to}>"{label}"]' for to, label in sorted(outside)]
    return lines


def _edge(flow: Flow, name: str, path: tuple[object, ...]) -> str:
    step = flow.steps[name]
    if path[0] == "choices" and isinstance(path[1], int):
        return step.choices[path[1]].id
    if path[0] == "branch" and step.branch is not None and isinstance(path[1], int):
        return "if" if step.branch[path[1]].if_ else "else"
    return str(path[1]).replace("*", "any error") if path[0] == "on_error" else str(path[0])


@flows.command()
def draw(name: Annotated[str | None, typer.Argument(help="One flow; all of them without it.")] = None) -> None:
    """Flows as a Mermaid diagram."""
    try:
        loaded = load_flows(FOLDER, shapes())
    except BadFlows as bad:
        print(bad)
        raise typer.Exit(1) from None
    if name is not None and name not in loaded.by_name:
        print(f"There is no flow {name}. There are: {', '.join(loaded.by_name)}.")
        raise typer.Exit(WRONG_CALL)
    print("flowchart TD")
    for flow in loaded.by_name.values() if name is None else [loaded.by_name[name]]:
        print("\n".join(mermaid(flow)))
