"""`mgramseva flows check|draw`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.actions import shapes
from bot.catalogue_commands import all_faults
from bot.engine.loader import BadFlows, _targets, load_flows

FOLDER = Path(__file__).resolve().parents[1] / "flows"
flows = typer.Typer(help="Flows: check, draw.", no_args_is_help=True)


@flows.command()
def check(folder: Annotated[Path, typer.Argument()] = FOLDER, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Every fault of the flow files, with file, line and column; missing translations too. Exit 1 if there is one."""
    try:
        loaded = load_flows(folder, shapes())
        problems = [f for f in all_faults() if f.startswith("flows/")] if folder == FOLDER else []
    except BadFlows as bad:
        loaded, problems = None, [str(p) for p in bad.problems]
    for problem in problems:
        print(problem)
    if as_json:
        print(json.dumps({"flows": len(loaded.by_name) if loaded else 0, "problems": problems}, ensure_ascii=False))
    elif not problems and loaded:
        print(f"{len(loaded.by_name)} flows, {sum(len(f.steps) for f in loaded.by_name.values())} steps: no fault.")
    raise typer.Exit(1 if problems else 0)


@flows.command()
def draw(name: str) -> None:
    """A flow as a Mermaid diagram."""
    loaded = load_flows(FOLDER, shapes())
    if name not in loaded.by_name:
        print(f"There is no flow {name}.")
        raise typer.Exit(1)
    print("flowchart TD")
    for step_name, step in loaded.by_name[name].steps.items():
        print(f'  {step_name}["{step_name}{": " + step.call if step.call else ""}"]')
        for target, path in _targets(step):
            print(f"  {step_name} -->|{path[-2] if path[0] == 'choices' else path[0]}| {target.replace('.', '_')}")
