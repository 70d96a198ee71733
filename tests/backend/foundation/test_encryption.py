"""Data keys: what is sealed opens only where it belongs, and no key is used that could be undone."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace

import pytest
from sqlalchemy import text

from backend.foundation import encryption
from backend.foundation.encryption import verification
from backend.kit.cipher import SealBroken
from backend.kit.house import House, build_house
from backend.kit.secrets import Secrets
from backend.kit.unit_of_work import SYSTEM, UnitOfWork


async def test_what_is_sealed_opens_in_its_place_only(uow: UnitOfWork) -> None:
    cipher = await encryption.cipher(uow, "pb.x")
    sealed = cipher.seal("ਰਮੇਸ਼ ਕੁਮਾਰ", "connection:1:name")
    assert "ਰਮੇਸ਼".encode() not in sealed
    assert sealed != cipher.seal("ਰਮੇਸ਼ ਕੁਮਾਰ", "connection:1:name")
    assert cipher.open(sealed, "connection:1:name") == "ਰਮੇਸ਼ ਕੁਮਾਰ"
    with pytest.raises(SealBroken):
        cipher.open(sealed, "connection:2:name")
    with pytest.raises(SealBroken):
        (await encryption.cipher(uow, "pb.y")).open(sealed, "connection:1:name")
    with pytest.raises(SealBroken):
        cipher.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "connection:1:name")


async def test_a_blind_index_is_stable_and_differs_by_field(uow: UnitOfWork) -> None:
    one = await encryption.blind_index(uow, "phone", "+919000000001")
    assert one == await encryption.blind_index(uow, "phone", "+919000000001") == (await encryption.blind_indexer(uow, "phone"))("+919000000001")
    assert len(one) == 32
    assert one != await encryption.blind_index(uow, "phone", "+919000000002")
    assert one != await encryption.blind_index(uow, "otp_subject", "+919000000001")


async def test_a_key_is_made_once_and_not_asked_for_again(uow: UnitOfWork) -> None:
    for _ in range(3):
        await encryption.cipher(uow, "pb.x")
    assert (await uow.session.execute(text("SELECT count(*) FROM data_key WHERE scope = 'pb.x'"))).scalar_one() == 1
    await uow.session.execute(text("DELETE FROM data_key"))
    await encryption.cipher(uow, "pb.x")  # the process still knows it without asking
    assert (await uow.session.execute(text("SELECT count(*) FROM data_key"))).scalar_one() == 0


async def test_a_key_outlives_the_unit_that_wanted_it_first(live_house: House) -> None:
    class Undone(Exception):
        pass

    with pytest.raises(Undone):
        async with live_house.open(SYSTEM) as uow:
            sealed = (await encryption.cipher(uow, "pb.x")).seal("a", "b")
            index = await encryption.blind_index(uow, "phone", "1")
            raise Undone
    live_house.ports.clear()  # as another process would see it
    async with live_house.open(SYSTEM) as uow:
        assert (await encryption.cipher(uow, "pb.x")).open(sealed, "b") == "a"
        assert await encryption.blind_index(uow, "phone", "1") == index
        assert (await uow.session.execute(text("SELECT count(*) FROM data_key"))).scalar_one() == 2


async def test_units_at_once_agree_on_one_key(live_house: House) -> None:
    async def seal(n: int) -> bytes:
        async with live_house.open(SYSTEM) as uow:
            return (await encryption.cipher(uow, "pb.x")).seal(str(n), "place")

    sealed = await asyncio.gather(*(seal(n) for n in range(8)))
    async with live_house.open(SYSTEM) as uow:
        cipher = await encryption.cipher(uow, "pb.x")
        assert [cipher.open(s, "place") for s in sealed] == [str(n) for n in range(8)]


async def test_rotation_lets_the_old_master_go(live_house: House) -> None:
    old = live_house.secrets
    new_key = {"m2": base64.b64decode("A" * 43 + "=")}
    async with live_house.open(SYSTEM) as uow:
        sealed = (await encryption.cipher(uow, "pb.x")).seal("name", "place")
        index = await encryption.blind_index(uow, "phone", "+919000000001")

    def another(secrets: Secrets) -> House:
        built = build_house(live_house.settings, live_house.wiring, url=live_house.engine.url.render_as_string(hide_password=False), clock=live_house.clock)
        built.secrets = secrets
        return built

    both, only_new, only_old = (another(replace(old, master_keys=keys)) for keys in (new_key | old.master_keys, new_key, dict(old.master_keys)))
    async with both.open(SYSTEM) as uow:
        assert await encryption.rotate(uow) == 2
    async with only_new.open(SYSTEM) as uow:
        assert (await encryption.cipher(uow, "pb.x")).open(sealed, "place") == "name"
        assert await encryption.blind_index(uow, "phone", "+919000000001") == index
        assert await verification.violations(uow) == {"every data key opens": (2, [])}
    async with only_old.open(SYSTEM) as uow:
        assert await verification.violations(uow) == {"every data key opens": (2, ["index:phone", "pb.x"])}
    for house in (both, only_new, only_old):
        await house.close()
