"""Short links lead to our own pages, can't be guessed, and may end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.foundation import short_url
from backend.kit.unit_of_work import UnitOfWork


async def test_a_code_leads_to_its_path(uow: UnitOfWork) -> None:
    code = await short_url.shorten(uow, "/pay/abc")
    assert await short_url.resolve(uow, code) == short_url.Target("/pay/abc", ended=False)
    assert short_url.url_of(uow, code) == f"http://127.0.0.1:8000/s/{code}"
    assert await short_url.resolve(uow, code[:-1]) is None


async def test_codes_are_long_and_all_different(uow: UnitOfWork) -> None:
    codes = {await short_url.shorten(uow, "/pay/same") for _ in range(50)}
    assert len(codes) == 50 and all(len(c) == 12 for c in codes)


async def test_a_link_ends_at_its_time(uow: UnitOfWork) -> None:
    code = await short_url.shorten(uow, "/pay/abc", uow.now + timedelta(minutes=1))
    assert await short_url.resolve(uow, code) == short_url.Target("/pay/abc", ended=False)
    uow.now += timedelta(minutes=1)
    assert await short_url.resolve(uow, code) == short_url.Target("/pay/abc", ended=True)


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "pay/abc", "", "/\\evil.example", "/a b", "/a\nb"])
async def test_only_our_own_pages_are_led_to(uow: UnitOfWork, path: str) -> None:
    with pytest.raises(ValueError, match="our own"):
        await short_url.shorten(uow, path)
