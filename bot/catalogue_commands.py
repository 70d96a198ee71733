"""`mgramseva i18n extract|compile|check`: the catalogues of the bot's texts."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bot import catalogues
from bot.message_lengths import length_faults
from bot.texts import LOCALES

i18n = typer.Typer(help="Texts: extract, compile, check.", no_args_is_help=True)


@i18n.command()
def extract() -> None:
    """Collect the texts of flows and Python into messages.pot and bring every language up to date; what is not used any more is dropped."""
    texts = catalogues.all_texts()
    catalogues.write_template(texts)
    for locale in LOCALES:
        catalogues.update(locale, texts)
    print(f"{len(texts)} texts in {len(LOCALES)} languages.")


@i18n.command("compile")
def compile_catalogues() -> None:
    """Write the .mo files, which load faster; without them the .po files are read."""
    print(f"{catalogues.compile_all()} catalogues compiled.")


@i18n.command()
def check(as_json: Annotated[bool, typer.Option("--json", help="One JSON document as the last line.")] = False) -> None:
    """Missing texts, values, length on each channel, script, letters: every fault with its place. Exit 1 if there is one."""
    texts = catalogues.all_texts()
    faults = catalogues.all_faults(texts) + length_faults()
    for fault in faults:
        print(fault)
    if not faults:
        print(f"{len(texts)} texts, complete in {', '.join(LOCALES)}.")
    if as_json:
        print(json.dumps({"texts": len(texts), "locales": list(LOCALES), "faults": faults}, ensure_ascii=False))
    raise typer.Exit(1 if faults else 0)
