"""A real browser for the pages. Chromium is taken from MGRAMSEVA_TEST_CHROMIUM or the path; where there is none, these tests are left out and the run says so."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LEFT_OUT: pytest.StashKey[set[str]] = pytest.StashKey()

OpenPage = Callable[..., Coroutine[Any, Any, Page]]


def find_chromium() -> str | None:
    """The browser's program, if there is one."""
    return os.environ.get("MGRAMSEVA_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and find_chromium() is None:
        item.config.stash.setdefault(LEFT_OUT, set()).add(item.nodeid.split("::", maxsplit=1)[0])
        pytest.skip("no Chromium: install Debian's package `chromium` or set MGRAMSEVA_TEST_CHROMIUM")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    left_out: set[str] = config.stash.get(LEFT_OUT, set())
    for name in sorted(left_out):
        terminalreporter.write_line(f"LEFT OUT for want of Chromium: {name}", red=True, bold=True)


@pytest.fixture(scope="session")
def font_settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fontconfig settings with the project's own fonts, so that a picture shows what a phone with Indic fonts shows."""
    folder = tmp_path_factory.mktemp("fonts")
    settings = folder / "fonts.conf"
    settings.write_text(
        f"""<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{ROOT / "backend/office/pdf/fonts"}</dir>
<match target="pattern"><edit name="family" mode="append_last" binding="weak"><string>Noto Sans</string></edit></match><cachedir>{folder}</cachedir></fontconfig>"""
    )
    return settings


@pytest.fixture(scope="session")
async def chromium(font_settings: Path) -> AsyncIterator[Browser]:
    """One browser for the run."""
    async with async_playwright() as playwright:
        environment: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(font_settings)}
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS, env=environment)
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(chromium: Browser) -> AsyncIterator[OpenPage]:
    """A function that opens an empty page: a small phone without JavaScript, unless told otherwise."""
    contexts = []

    async def make(*, width: int = 320, height: int = 640, scripts: bool = False, locale: str = "pa-IN") -> Page:
        context = await chromium.new_context(viewport={"width": width, "height": height}, java_script_enabled=scripts, locale=locale)
        contexts.append(context)
        return await context.new_page()

    yield make
    for context in contexts:
        await context.close()


@pytest.fixture(scope="session")
def pictures() -> Iterator[Path]:
    """Where screenshots go: MGRAMSEVA_TEST_PICTURES, or var/pictures."""
    folder = Path(os.environ.get("MGRAMSEVA_TEST_PICTURES") or ROOT / "var" / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
