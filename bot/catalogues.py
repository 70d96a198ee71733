"""The catalogues of the bot's texts: collected from flows and Python by Babel, brought up to date, and checked.

A flow's texts have the context "flow.step"; its title has "title". A fault is a line "file:line:column: [language] context: what is wrong".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import regex
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from ruamel.yaml import YAML

from bot.channels.segments import GSM_BASIC, GSM_EXTENDED
from bot.engine.turn import named
from bot.texts import FOLDER, LOCALES, catalogue_path

ROOT = Path(__file__).resolve().parents[1]
MAPPING = ROOT / "babel.cfg"  # which files hold texts, and how they are read
KEYWORDS = {"pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
# Codes and names that stay in Latin letters in every language. Everything else is written in the language's own script.
LATIN_ALLOWED = frozenset({"WS", "https"})
_VALUES = regex.compile(r"\{[^{}]*\}")
_CODES = regex.compile(r"\b[A-Z]{2}/\d+/\S+")
_LATIN = regex.compile(r"\p{Latin}{2,}")
_SCRIPTS = {"hi": regex.compile(r"\p{Devanagari}"), "pa": regex.compile(r"\p{Gurmukhi}")}
_DANDA = "।"  # shared by both scripts, though it stands in the block of one


@dataclass(frozen=True)
class Text:
    """A text to translate, and where it stands."""

    file: str
    line: int
    column: int
    context: str
    text: str
    plural: str | None = None


def extract_flow(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[int, str, Any, list[str]]]:
    """Babel's extractor for flow files."""
    document = YAML(typ="rt").load(file.read().decode("utf-8"))
    if "title" in document:
        yield document.lc.key("title")[0] + 1, "pgettext", ("title", str(document["title"])), []
    for name, step in document["steps"].items():
        for node, key, plural in _step_texts(step):
            context = f"{document['flow']}.{name}"
            line = node.lc.value(key)[0] + 1
            if plural is None:
                yield line, "pgettext", (context, str(node[key])), []
            else:
                yield line, "npgettext", (context, str(node[key]), str(plural)), []


def _step_texts(step: Any) -> Iterator[tuple[Any, str, str | None]]:
    """(mapping, key, plural) of each text of a step."""
    for part in [*(step.get("say") or ()), *(step.get("ask") or ())]:
        yield part, "text", part.get("plural")
    for key in ("again", "asks_contact"):
        if key in step:
            yield step, key, None
    for choice in step.get("choices") or ():
        yield choice, "label", None
    source = step.get("choices_from")
    if source is not None:
        yield source, "label", None
        if source.get("description"):
            yield source, "description", None


def all_texts(root: Path = ROOT) -> list[Text]:
    """Every text of flows and Python, once, in the order of files and lines."""
    found: dict[tuple[str, str], Text] = {}
    lines: dict[str, list[str]] = {}
    with MAPPING.open(encoding="utf-8") as file_map:
        methods, options = parse_mapping_cfg(file_map)  # type: ignore[no-untyped-call]  # Babel leaves it untyped
    rows = extract_from_dir(str(root), method_map=methods, options_map=options, keywords=KEYWORDS, comment_tags=())
    for file, line, message, _, context in sorted(rows, key=lambda row: (row[0], row[1])):
        text, plural = message if isinstance(message, tuple) else (message, None)
        if context is None or not text:
            continue
        if file not in lines:
            lines[file] = (root / file).read_text(encoding="utf-8").splitlines()
        column = lines[file][line - 1].find(text.split("\n")[0].split('"')[0][:30]) + 1
        found.setdefault((context, text), Text(file, line, max(column, 1), context, text, plural))
    return list(found.values())


def read(locale: str, folder: Path = FOLDER) -> Catalog:
    """A language's catalogue; an empty one where there is none."""
    path = catalogue_path(locale, folder)
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def _ids(text: Text) -> str | tuple[str, str]:
    return (text.text, text.plural) if text.plural is not None else text.text


def write_template(texts: Iterable[Text], folder: Path = FOLDER) -> None:
    """Write messages.pot."""
    template = Catalog(project="mGramSeva Chat", charset="utf-8", fuzzy=False)
    for t in texts:
        template.add(_ids(t), context=t.context, locations=[(t.file, t.line)])
    _write(template, folder / "messages.pot")


def update(locale: str, texts: Iterable[Text], folder: Path = FOLDER) -> Catalog:
    """Bring a language up to date: known translations stay, also of a text that moved to another step; what is not used any more is dropped."""
    old, fresh = read(locale, folder), Catalog(locale=locale, charset="utf-8", fuzzy=False)
    elsewhere = {m.id: m.string for m in old if m.id and _complete(m)}
    for t in texts:
        ids = _ids(t)
        known = old.get(t.text, context=t.context)
        said: Any = known.string if known is not None and known.id == ids and _complete(known) else elsewhere.get(ids, "")
        if locale == "en":
            said = (t.text, t.plural) if t.plural is not None else t.text
        fresh.add(ids, said or (("",) * fresh.num_plurals if t.plural is not None else ""), context=t.context, locations=[(t.file, t.line)])
    path = catalogue_path(locale, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(fresh, path)
    return fresh


def _complete(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def _write(catalogue: Catalog, path: Path) -> None:
    """Without dates and versions, so that a file changes only when a text does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rules = f'"Plural-Forms: {catalogue.plural_forms}\\n"\n' if catalogue.locale else ""
    language = f'"Language: {catalogue.locale}\\n"\n' if catalogue.locale else ""
    with path.open("wb") as file:
        file.write(f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n{language}{rules}\n'.encode())
        write_po(file, catalogue, omit_header=True, width=160, include_lineno=False)


def compile_all(folder: Path = FOLDER) -> int:
    """Write the .mo files; how many."""
    for locale in LOCALES:
        with catalogue_path(locale, folder).with_suffix(".mo").open("wb") as file:
            write_mo(file, read(locale, folder))
    return len(LOCALES)


# --- checks --------------------------------------------------------------------------------------------------------------------------------


def text_faults(text: str, said: str, locale: str) -> list[str]:
    """What is wrong with one form of a translation."""
    if not said.strip():
        return ["missing"]
    faults = []
    try:
        wanted, given = _values(text), _values(said)
    except ValueError as error:
        return [f"not a text: {error}"]
    if wanted != given:
        faults.append(f"values differ: {', '.join(given) or 'none'} instead of {', '.join(wanted) or 'none'}")
    if text.count("\n") != said.count("\n"):
        faults.append("other line breaks")
    if unicodedata.normalize("NFC", said) != said:
        faults.append("not in NFC")
    plain = _VALUES.sub("", _CODES.sub("", said))
    return faults + (_english_faults(plain) if locale == "en" else _script_faults(plain, locale))


def _values(text: str) -> list[str]:
    named(text)
    return sorted(_VALUES.findall(text))


def _english_faults(plain: str) -> list[str]:
    leaks = sorted({c for c in plain if c not in GSM_BASIC and c not in GSM_EXTENDED})
    return [f"not in GSM-7, would make an SMS 70 letters short: {' '.join(leaks)}"] if leaks else []


def _script_faults(plain: str, locale: str) -> list[str]:
    faults = []
    latin = [word for word in _LATIN.findall(plain) if word not in LATIN_ALLOWED]
    if latin:
        faults.append(f"Latin words: {', '.join(latin)}")
    for other, script in _SCRIPTS.items():
        if other != locale and script.search(plain.replace(_DANDA, "")):
            faults.append("another language's script")
    return faults


def all_faults(texts: list[Text] | None = None, folder: Path = FOLDER) -> list[str]:
    """Every fault of every catalogue, with the place of the text."""
    found = []
    for locale in LOCALES:
        catalogue = read(locale, folder)
        for t in all_texts() if texts is None else texts:
            known = catalogue.get(t.text, context=t.context)
            said: Any = known.string if known is not None else ""
            if locale == "en":
                said = (t.text, t.plural) if t.plural is not None else t.text
            forms = list(said) if isinstance(said, (tuple, list)) else [said]
            if t.plural is not None and len(forms) < catalogue.num_plurals:
                forms.append("")
            faults = dict.fromkeys(fault for form in forms for fault in text_faults(t.text, str(form), locale))
            found += [f"{t.file}:{t.line}:{t.column}: [{locale}] {t.context}: {fault}: {t.text!r}" for fault in faults]
    return found
