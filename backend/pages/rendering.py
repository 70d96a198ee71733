"""From a view to an answer: templates that escape everything, one inline style sheet whose hash is the only style let in, and strict headers."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import segno
from babel.dates import format_date
from fastapi import Response
from markupsafe import Markup

from backend.kit.number_words import amount_digits
from backend.pages import texts
from backend.pages.rules import LOCALES
from backend.pages.views import View

_TEMPLATES = Path(__file__).parent / "templates"
STYLE = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


def security_headers(form_targets: tuple[str, ...] = ()) -> dict[str, str]:
    """What each page is sent with. `form_targets`: origins that a form's redirect may lead to (a browser checks the whole way of a form)."""
    policy = [
        "default-src 'none'",
        f"style-src 'sha256-{_STYLE_HASH}'",
        f"form-action {' '.join(chr(39) + 'self' + chr(39) if t == 'self' else t for t in ('self', *form_targets))}",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
    }


@cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
    made.filters["money"] = amount_digits
    # Between tags only: the hash of the style sheet holds for its exact bytes.
    made.globals["style"] = Markup(STYLE)  # noqa: S704 our own file
    made.globals["languages"] = texts.LANGUAGE_NAMES
    return made


def day_text(day: date, locale: str) -> str:
    """A day as people say it: "24 November 2026"."""
    return format_date(day, "d MMMM y", locale=locale)


def month_text(period: str, locale: str) -> str:
    """A month "2026-10" as people say it: "October 2026"."""
    year, month = period.split("-")
    return format_date(date(int(year), int(month), 1), "LLLL y", locale=locale)


def line_text(head: str, period: str | None, locale: str) -> str:
    """A bill's line as people say it: "Water charge, October 2026"."""
    said = texts.text(f"head.{head}", locale)
    return f"{said}, {month_text(period, locale)}" if period else said


def qr_svg(content: str, label: str) -> Markup:
    """A QR as an inline drawing with its quiet zone, black on white whatever the page's colours."""
    drawn = io.BytesIO()
    segno.make(content, error="m", micro=False).save(
        drawn, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    svg = drawn.getvalue().decode()
    head = Markup('<svg role="img" aria-label="{}" ').format(label)
    return head + Markup(svg.removeprefix("<svg "))  # noqa: S704 drawn by segno from modules, carries no text of ours


def render(template: str, view: View, locale: str, *, path: str) -> str:
    """A page's HTML. `path`: where its language switch leads, a path of our own without query."""
    assert locale in LOCALES

    def words(key: str, **values: Any) -> str:
        return texts.text(key, locale, **{name: str(value) for name, value in values.items()})

    return (
        _environment()
        .get_template(template)
        .render(
            v=view,
            lang=locale,
            path=path,
            t=words,
            day=lambda given: day_text(given, locale),
            line=lambda given: line_text(given.head, given.period, locale),
            mode=lambda given: texts.mode_text(given, locale),
            qr=qr_svg,
        )
    )


def page(
    template: str,
    view: View,
    locale: str,
    *,
    path: str,
    status: int = 200,
    form_targets: tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page as an answer, with its headers."""
    content = render(template, view, locale, path=path)
    sent = {**security_headers(form_targets), "Content-Language": locale, **(headers or {})}
    return Response(content, status, sent, media_type="text/html; charset=utf-8")
