"""The web pages' door: short links, paying, receipts, and checking a receipt. For a cheap phone: small, without JavaScript, without login, least data.

`make_pages` adds them to the application. Nothing here decides about money; the pages read the rooms and hand forms to them.
"""

from __future__ import annotations

from fastapi import FastAPI

from backend.kit.house import House
from backend.pages import pay, receipt, short, verify
from backend.pages.limits import MissLimit

__all__ = ["make_pages"]


def make_pages(app: FastAPI, house: House) -> None:
    """Add the pages to an application over this house."""
    app.state.house = house
    app.state.page_misses = MissLimit()
    for router in (short.router, pay.router, receipt.router, verify.router):
        app.include_router(router)
