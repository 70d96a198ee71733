"""`mgramseva i18n extract|compile|check`: the catalogues of the bot's texts, from flows and Python alike."""

from __future__ import annotations

import ast
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import regex
import typer
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from ruamel.yaml import YAML

from bot.engine.loader import placeholders
from bot.texts import FOLDER, LOCALES

ROOT = Path(__file__).resolve().parents[1]
i18n = typer.Typer(help="Texts: extract, compile, check.", no_args_is_help=True)
LABEL_MAX, ROW_MAX, BODY_MAX = 20, 24, 1_024
_LATIN = regex.compile(r"\p{Latin}{2,}")
LATIN_ALLOWED = frozenset({"UPI", "English", "WS", "https"})  # codes and the name of the language itself
_CODE = regex.compile(r"\b[A-Z]{2}/\d+/\S+")


@dataclass(frozen=True)
class Text:
    """A text to translate: where it stands, and whether it is a choice's label (`limit` then is its length)."""

    context: str
    text: str
    file: str
    line: int
    limit: int = BODY_MAX


def _flow_texts(path: Path) -> list[Text]:
    document = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    found: list[Text] = []
    for name, step in document["steps"].items():
        context = f"{document['flow']}.{name}"

        def add(text: str, node: Any, limit: int = BODY_MAX, context: str = context) -> None:
            found.append(Text(context, text, f"flows/{path.name}", node.lc.line + 1, limit))

        for part in [*(step.get("say") or ()), *(step.get("ask") or ())]:
            add(part["text"], part)
        for key in ("again", "asks_contact"):
            if key in step:
                add(step[key], step)
        choices = step.get("choices") or ()
        for choice in choices:
            add(choice["label"], choice, LABEL_MAX if len(choices) <= 3 and "choices_from" not in step else ROW_MAX - 3)
        if "choices_from" in step:
            add(step["choices_from"]["label"], step["choices_from"], BODY_MAX)
            if "description" in step["choices_from"]:
                add(step["choices_from"]["description"], step["choices_from"], BODY_MAX)
    return found


def _python_texts(path: Path) -> list[Text]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not all(isinstance(a, ast.Constant) for a in node.args):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
        values = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name == "pgettext" and len(values) == 2:
            found.append(Text(values[0], values[1], str(path.relative_to(ROOT)), node.lineno))
        elif name == "text" and len(values) == 1 and "engine" in path.parts:
            found.append(Text("global", values[0], str(path.relative_to(ROOT)), node.lineno))
    return found


def _tables() -> list[Text]:
    from bot.engine.advance import TITLES
    from bot.engine.walking import LANGUAGE_NAMES

    titles = [Text("title", t, "bot/engine/advance.py", 1, LABEL_MAX) for t in TITLES.values()]
    return titles + [Text("offer", t, "bot/engine/walking.py", 1, LABEL_MAX) for t in LANGUAGE_NAMES.values()]


def all_texts() -> list[Text]:
    """Every text of flows and Python, once, in the order of files."""
    found = [t for path in sorted((ROOT / "flows").glob("*.yaml")) for t in _flow_texts(path)]
    found += [t for path in sorted((ROOT / "bot").rglob("*.py")) for t in _python_texts(path)] + _tables()
    return list({(t.context, t.text): t for t in reversed(found)}.values())[::-1]


def _english_only(text: Text) -> bool:
    """Texts that hold every language themselves."""
    return bool(regex.search(r"\p{Gurmukhi}|\p{Devanagari}", text.text))


def _po(locale: str) -> Catalog:
    path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


@i18n.command()
def extract() -> None:
    """Write messages.pot and bring every catalogue up to date; what is no longer used is dropped."""
    template = Catalog(project="mGramSeva Chat", version="0.1.0", copyright_holder="mGramSeva Chat", charset="utf-8", fuzzy=False)
    texts = all_texts()
    for t in texts:
        template.add(t.text, context=t.context, locations=[(t.file, t.line)])
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "messages.pot").open("wb") as file:
        write_po(file, template, omit_header=True, width=160, include_lineno=False)
    for locale in LOCALES:
        old, fresh = _po(locale), Catalog(locale=locale, charset="utf-8", fuzzy=False)
        for t in texts:
            known = old.get(t.text, context=t.context)
            string = t.text if locale == "en" or _english_only(t) else known.string if known else ""
            fresh.add(t.text, string, context=t.context, locations=[(t.file, t.line)])
        path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, fresh, omit_header=True, width=160, include_lineno=False)
    print(f"{len(texts)} texts in {len(LOCALES)} languages.")


@i18n.command("compile")
def compile_catalogues() -> None:
    """Write .mo files for other programs; the bot reads the .po files itself."""
    for locale in LOCALES:
        path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, _po(locale))


def faults_of(text: Text, said: str, locale: str) -> list[str]:
    """What is wrong with a translation."""
    if not said:
        return ["missing"]
    faults = []
    if sorted(placeholders(said)) != sorted(placeholders(text.text)):
        faults.append(f"placeholders differ: {sorted(placeholders(said))} instead of {sorted(placeholders(text.text))}")
    plain = regex.sub(r"\{[^}]*\}", "", _CODE.sub("", said))
    if locale != "en" and not _english_only(text):
        latin = [w for w in _LATIN.findall(plain) if w not in LATIN_ALLOWED]
        if latin:
            faults.append(f"Latin words: {latin}")
    if len(said) > text.limit and "{" not in said:
        faults.append(f"{len(said)} letters, at most {text.limit}")
    if unicodedata.normalize("NFC", said) != said:
        faults.append("not in NFC")
    wrong = {"hi": r"\p{Gurmukhi}", "pa": r"\p{Devanagari}"}.get(locale)
    if wrong and not _english_only(text) and regex.search(wrong, plain.replace("।", "")):
        faults.append("another language's script")
    return faults


def all_faults() -> list[str]:
    """Every fault of every catalogue, with file and line of the text."""
    found = []
    for locale in LOCALES:
        catalogue = _po(locale)
        for t in all_texts():
            known = catalogue.get(t.text, context=t.context)
            said = t.text if locale == "en" else str(known.string) if known else ""
            found += [f"{t.file}:{t.line}:1: [{locale}] {t.context}: {fault}: {t.text!r}" for fault in faults_of(t, said, locale)]
    return found


@i18n.command()
def check(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Missing texts, placeholders, length, script: every fault with its place. Exit 1 if there is one."""
    faults = all_faults()
    for fault in faults:
        print(fault)
    if as_json:
        import json

        print(json.dumps({"texts": len(all_texts()), "faults": faults}, ensure_ascii=False))
    elif not faults:
        print(f"{len(all_texts())} texts, complete in {', '.join(LOCALES)}.")
    raise typer.Exit(1 if faults else 0)
