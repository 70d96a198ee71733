"""People: one per phone, found however the phone is written, sealed at rest, and erased for good."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.office import user
from backend.office.user import verification

PHONE, VILLAGE, OTHER = "+919876543210", "pb.chakbakhtuhjgfei", "pb.chughekalanhjgeid"


@contextmanager
def statements(uow: UnitOfWork) -> Iterator[list[str]]:
    """What the unit sends to the database meanwhile."""
    sent: list[str] = []

    def note(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    engine = uow.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def person(uow: UnitOfWork, phone: str = PHONE, name: str = "Gurpreet Kaur") -> user.Person:
    """A registered person."""
    return await user.register_person(uow, user.NewPerson(phone, name, "pa"))


@pytest.mark.parametrize("written", ["9876543210", "+91 98765 43210", "09876543210", "0091 9876543210", "98765-43210", "९८७६५४३२१०", "੯੮੭੬੫੪੩੨੧੦"])
async def test_a_phone_is_found_however_it_is_written(uow: UnitOfWork, written: str) -> None:
    made = await person(uow)
    assert made.phone == PHONE
    assert await user.find_person_by_phone(uow, written) == made
    assert (await person(uow, written, "Another Name")) == made


@pytest.mark.parametrize("wrong", ["", "12345", "5876543210", "+1 212 555 0100", "98765432101", "+44 7911 123456", "abc", "+910987654321", "٠"])
async def test_what_is_no_indian_mobile_is_refused(uow: UnitOfWork, wrong: str) -> None:
    with pytest.raises(user.PhoneInvalid):
        await person(uow, wrong)
    assert await user.find_person_by_phone(uow, wrong) is None


async def test_name_and_phone_are_sealed_and_not_in_a_repr(uow: UnitOfWork) -> None:
    made = await person(uow)
    row = (await uow.session.execute(text("SELECT phone_index, phone_sealed, name_sealed FROM person"))).one()
    assert not any(canary in bytes(column) for column in row for canary in (b"9876543210", b"Gurpreet"))
    assert "9876543210" not in repr(made) and "Gurpreet" not in repr(made) and "Gurpreet" not in repr(user.NewPerson(PHONE, "Gurpreet"))


async def test_lookups_are_one_round_trip(uow: UnitOfWork) -> None:
    made = await person(uow)
    await user.join_address(uow, "telegram", "4711", made.id)
    for ask in (
        lambda: user.find_person_by_phone(uow, PHONE),
        lambda: user.find_person_by_address(uow, "telegram", "4711"),
        lambda: user.find_person_by_address(uow, "whatsapp", PHONE),
        lambda: user.grants_of(uow, made.id),
        lambda: user.villages_of(uow, made.id),
        lambda: user.fetch_persons(uow, [made.id]),
    ):
        with statements(uow) as sent:
            await ask()
        assert len(sent) == 1


async def test_many_people_are_registered_in_order_and_once(uow: UnitOfWork) -> None:
    known = await person(uow, "+919000000003", "Known")
    people = [user.NewPerson(f"+9190000{n:05d}", f"P{n}") for n in (5, 3, 4, 5)]
    ids = await user.register_persons(uow, people)
    assert ids[0] == ids[3] and ids[1] == known.id and len(set(ids)) == 3
    found = await user.fetch_persons(uow, [*ids, uuid4()])
    assert {p.name for p in found.values()} == {"P5", "Known", "P4"}
    assert await user.register_persons(uow, []) == []


async def test_more_people_than_one_statement_holds(uow: UnitOfWork) -> None:
    ids = await user.register_persons(uow, [user.NewPerson(f"+9170000{n:05d}", "x") for n in range(5_003)])
    assert len(set(ids)) == 5_003
    assert (await user.fetch_person(uow, ids[-1])).phone == "+917000005002"


async def test_one_phone_registered_at_once_is_one_person(live_house: House) -> None:
    async def one() -> Any:
        async with live_house.open(SYSTEM) as uow:
            return (await person(uow)).id

    assert len(set(await asyncio.gather(*(one() for _ in range(8))))) == 1


async def test_an_address_is_whose_it_was_proven_last(uow: UnitOfWork) -> None:
    a, b = await person(uow), await person(uow, "+919876543211")
    assert await user.find_person_by_address(uow, "telegram", "4711") is None
    await user.join_address(uow, "telegram", "4711", a.id)
    await user.join_address(uow, "telegram", "4711", a.id)
    assert await user.find_person_by_address(uow, "telegram", "4711") == a
    assert await user.find_address(uow, a.id, "telegram") == "4711"
    await user.join_address(uow, "telegram", "4711", b.id)
    assert await user.find_person_by_address(uow, "telegram", "4711") == b
    assert await user.find_address(uow, a.id, "telegram") is None
    assert await user.find_person_by_address(uow, "telegram", PHONE) is None  # a chat id that looks like a phone is no phone
    await uow.flush()
    facts = (await uow.session.execute(text("SELECT facts FROM announcement WHERE topic = 'user.address_joined' ORDER BY position"))).scalars().all()
    assert [(f["person_id"], f["left"]) for f in facts] == [(str(a.id), None), (str(b.id), str(a.id))]


async def test_an_address_may_be_joined_by_a_unit_that_then_sees_less(house: House) -> None:
    async with house.open(SYSTEM) as uow:
        made = await person(uow)
        await user.join_address(uow, "telegram", "4711", made.id)
        await uow.see([VILLAGE])
    async with house.open(SYSTEM) as uow:
        assert (await uow.session.execute(text("SELECT count(*) FROM announcement WHERE topic = 'user.address_joined'"))).scalar_one() == 1


async def test_language_and_villages(uow: UnitOfWork) -> None:
    made = await person(uow)
    await user.set_locale(uow, made.id, "hi")
    assert (await user.fetch_person(uow, made.id)).locale == "hi"
    for tenant_id in (OTHER, VILLAGE, OTHER):
        await user.add_village(uow, made.id, tenant_id)
    assert await user.villages_of(uow, made.id) == sorted([VILLAGE, OTHER])
    with pytest.raises(user.PersonNotFound):
        await user.fetch_person(uow, uuid4())


async def test_roles_are_given_and_taken(uow: UnitOfWork) -> None:
    made = await person(uow)
    await user.grant_role(uow, made.id, VILLAGE, "COLLECTION_OPERATOR")
    await user.grant_role(uow, made.id, VILLAGE, "COLLECTION_OPERATOR")
    assert await user.grants_of(uow, made.id) == {("COLLECTION_OPERATOR", VILLAGE)}
    assert await user.list_people_with_role(uow, VILLAGE, "COLLECTION_OPERATOR") == [made.id]
    assert await user.list_people_with_role(uow, OTHER, "COLLECTION_OPERATOR") == []
    await user.revoke_role(uow, made.id, VILLAGE, "COLLECTION_OPERATOR")
    assert await user.grants_of(uow, made.id) == frozenset()
    with pytest.raises(user.RoleUnknown):
        await user.grant_role(uow, made.id, VILLAGE, "KING")
    await uow.flush()
    topics = await uow.session.execute(text("SELECT topic FROM announcement WHERE tenant_id = :t ORDER BY position"), {"t": VILLAGE})
    assert list(topics.scalars()) == ["user.role_granted", "user.role_revoked"]


async def test_an_erased_person_is_gone_but_his_id(uow: UnitOfWork) -> None:
    made = await person(uow)
    await user.join_address(uow, "telegram", "4711", made.id)
    await user.grant_role(uow, made.id, VILLAGE, "GP_ADMIN")
    await user.erase_person(uow, made.id)
    await user.erase_person(uow, made.id)
    assert await user.fetch_person(uow, made.id) == user.Person(made.id, "", "", None, demo=False)
    assert await user.find_person_by_phone(uow, PHONE) is None
    assert await user.find_person_by_address(uow, "telegram", "4711") is None
    assert await user.grants_of(uow, made.id) == frozenset()
    assert (await person(uow, name="New")).id != made.id
    with pytest.raises(user.PersonNotFound):
        await user.erase_person(uow, uuid4())
    assert [v for _, v in (await verification.violations(uow)).values() if v] == []
    await uow.flush()
    assert (await uow.session.execute(text("SELECT count(*) FROM announcement WHERE topic = 'user.person_erased'"))).scalar_one() == 1


async def test_the_invariants_see_violations(uow: UnitOfWork) -> None:
    a, b = await person(uow), await person(uow, "+919876543211")
    c = await person(uow, "+919876543212")
    await user.grant_role(uow, a.id, VILLAGE, "GP_ADMIN")
    assert [v for _, v in (await verification.violations(uow)).values() if v] == []
    await uow.session.execute(text("UPDATE person SET name_sealed = (SELECT name_sealed FROM person WHERE id = :b) WHERE id = :a"), {"a": a.id, "b": b.id})
    await uow.session.execute(text("UPDATE person SET phone_index = '\\x00' WHERE id = :b"), {"b": b.id})
    await uow.session.execute(text("UPDATE role_grant SET role = 'KING'"))
    await uow.session.execute(text("UPDATE person SET phone_index = NULL WHERE id = :c"), {"c": c.id})
    await user.join_address(uow, "telegram", "1", c.id)
    found = await verification.violations(uow)
    assert sorted(found["a person opens and is found by his phone"][1]) == sorted(map(str, (a.id, b.id, c.id)))
    assert found["a role is one of the masters, in a village of the register"] == (1, [f"{a.id} KING {VILLAGE}"])
    assert found["I-28 an erased person has no address, role or session"] == (1, [str(c.id)])
