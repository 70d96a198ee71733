"""The pages over a house whose changes are undone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from backend.kit.house import House
from backend.pages import make_pages


@pytest.fixture
def app(house: House) -> FastAPI:
    """Only the pages."""
    made = FastAPI()
    make_pages(made, house)
    return made


@pytest.fixture
async def visitor(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser without scripts that follows nothing by itself."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://127.0.0.1:8000", follow_redirects=False) as client:
        yield client
