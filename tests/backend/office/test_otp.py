"""Codes: one at a time, five tries, five minutes, once; limits that tell nothing; and nothing in clear at rest."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sqlalchemy import text

from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.office import otp
from backend.office.otp import handlers, rules, verification

SUBJECT, PURPOSE = "link:+919876543210", "link:1"
PERSON = UUID("01930000-0000-7000-8000-000000000001")


async def ask(house: House, subject: str = SUBJECT, purpose: str = PURPOSE, person_id: UUID | None = PERSON) -> UUID:
    """A requested code."""
    async with house.open(SYSTEM) as uow:
        return await otp.request_otp(uow, subject, purpose, person_id)


async def code_of(house: House, request_id: UUID) -> str:
    """What its sender is given."""
    async with house.open(SYSTEM) as uow:
        revealed = await otp.reveal_for_sending(uow, request_id)
    assert revealed is not None and revealed.person_id == PERSON and revealed.code not in repr(revealed)
    return revealed.code


async def check(house: House, request_id: UUID, code: str) -> str:
    """Prove it, in a unit of its own."""
    async with house.open(SYSTEM) as uow:
        return await otp.check_otp(uow, request_id, code)


def other(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def later(house: House, by: timedelta) -> None:
    """Let time pass."""
    now = house.clock() + by
    house.clock = lambda: now


async def test_a_right_code_works_once(house: House) -> None:
    request_id = await ask(house)
    code = await code_of(house, request_id)
    assert len(code) == 6 and code.isdigit()
    assert await check(house, request_id, code) == PURPOSE
    with pytest.raises(otp.OtpExpired):
        await check(house, request_id, code)
    async with house.open(SYSTEM) as uow:
        assert await otp.reveal_for_sending(uow, request_id) is None


async def test_wrong_codes_are_counted_though_the_unit_is_undone(live_house: House) -> None:
    request_id = await ask(live_house)
    code = await code_of(live_house, request_id)
    for left in (4, 3, 2, 1):
        with pytest.raises(otp.OtpWrong) as wrong:
            await check(live_house, request_id, other(code))
        assert wrong.value.facts == {"tries_left": left}
    for attempt in (other(code), code, code):
        with pytest.raises(otp.OtpLocked):
            await check(live_house, request_id, attempt)


@pytest.mark.parametrize(("seconds", "good"), [(299, True), (300, False)])
async def test_a_code_is_good_for_five_minutes(house: House, seconds: int, good: bool) -> None:
    request_id = await ask(house)
    code = await code_of(house, request_id)
    later(house, timedelta(seconds=seconds))
    if good:
        await check(house, request_id, code)
    else:
        with pytest.raises(otp.OtpExpired):
            await check(house, request_id, code)


async def test_a_new_code_kills_the_old_of_the_same_purpose_only(house: House) -> None:
    first, elsewhere = await ask(house), await ask(house, purpose="sign_in")
    code, elsewhere_code = await code_of(house, first), await code_of(house, elsewhere)
    second = await ask(house)
    with pytest.raises(otp.OtpExpired):
        await check(house, first, code)
    await check(house, elsewhere, elsewhere_code)
    await check(house, second, await code_of(house, second))


async def test_a_code_of_another_purpose_is_not_spent(house: House) -> None:
    request_id = await ask(house)
    code = await code_of(house, request_id)
    async with house.open(SYSTEM) as uow:
        with pytest.raises(otp.OtpExpired):
            await otp.check_otp_of_person(uow, request_id, code, "sign_in")
    async with house.open(SYSTEM) as uow:
        assert await otp.check_otp_of_person(uow, request_id, code, PURPOSE) == PERSON


async def test_nobody_gets_no_code_and_the_same_answers(live_house: House) -> None:
    request_id = await ask(live_house, person_id=None)
    async with live_house.open(SYSTEM) as uow:
        assert await otp.reveal_for_sending(uow, request_id) is None
    for left in (4, 3, 2, 1):
        with pytest.raises(otp.OtpWrong) as wrong:
            await check(live_house, request_id, "123456")
        assert wrong.value.facts == {"tries_left": left}
    with pytest.raises(otp.OtpLocked):
        await check(live_house, request_id, "123456")
    with pytest.raises(otp.OtpExpired):
        await check(live_house, uuid4(), "123456")
    async with live_house.open(SYSTEM) as uow:
        assert (await uow.session.execute(text("SELECT count(*) FROM announcement WHERE topic = 'otp.requested'"))).scalar_one() == 1


@pytest.mark.parametrize("person_id", [PERSON, None])
async def test_three_a_quarter_hour_and_ten_a_day(house: House, person_id: UUID | None) -> None:
    asked = 0
    for _ in range(4):
        for _ in range(3 if asked < 9 else 1):
            await ask(house, person_id=person_id)
            asked += 1
        with pytest.raises(otp.OtpTooMany):
            await ask(house, person_id=person_id)
        later(house, timedelta(minutes=15))
    assert asked == 10
    later(house, timedelta(hours=22))
    with pytest.raises(otp.OtpTooMany):
        await ask(house, person_id=person_id)
    later(house, timedelta(hours=2))
    await ask(house, person_id=person_id)


async def test_one_phone_is_not_flooded_through_many_askers_and_nobody_can_tell(house: House) -> None:
    sent = []
    for n in range(5):
        request_id = await ask(house, subject=f"asker {n}")
        async with house.open(SYSTEM) as uow:
            sent.append(await otp.reveal_for_sending(uow, request_id) is not None)
    assert sent == [True, True, True, False, False]


async def test_nothing_is_stored_in_clear(house: House) -> None:
    request_id = await ask(house)
    code = await code_of(house, request_id)
    async with house.open(SYSTEM) as uow:
        row = (await uow.session.execute(text("SELECT subject_index, code_hash, code_sealed FROM otp_request"))).one()
        facts = (await uow.session.execute(text("SELECT facts FROM announcement WHERE topic = 'otp.requested'"))).scalar_one()
    assert not any(canary in bytes(column) for column in row for canary in (code.encode(), b"9876543210"))
    assert facts == {"tenant_id": "pb", "request_id": str(request_id)}
    await check(house, request_id, code)
    async with house.open(SYSTEM) as uow:
        assert (await uow.session.execute(text("SELECT code_sealed FROM otp_request"))).scalar_one() is None


def test_codes_are_spread_evenly() -> None:
    drawn = [rules.new_code() for _ in range(20_000)]
    expected = len(drawn) / 10
    for position in range(6):
        counts = Counter(c[position] for c in drawn)
        assert sum((counts[d] - expected) ** 2 / expected for d in "0123456789") < 40  # chi-square, 9 degrees: p below 1e-5


async def test_a_hundred_tries_at_once_check_five(live_house: House) -> None:
    request_id = await ask(live_house)
    code = await code_of(live_house, request_id)

    async def one() -> str:
        try:
            return await check(live_house, request_id, other(code))
        except (otp.OtpWrong, otp.OtpLocked) as refused:
            return refused.code

    answers = Counter(await asyncio.gather(*(one() for _ in range(40))))
    assert answers["otp.wrong"] == 4 and answers["otp.locked"] == 36
    with pytest.raises(otp.OtpLocked):
        await check(live_house, request_id, code)


async def test_a_right_code_at_once_is_right_once(live_house: House) -> None:
    request_id = await ask(live_house)
    code = await code_of(live_house, request_id)
    answers = await asyncio.gather(*(check(live_house, request_id, code) for _ in range(8)), return_exceptions=True)
    assert answers.count(PURPOSE) == 1 and all(isinstance(a, otp.OtpExpired) for a in answers if a != PURPOSE)


async def test_requests_at_once_respect_the_limit(live_house: House) -> None:
    answers = await asyncio.gather(*(ask(live_house) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(a, UUID) for a in answers) == 3
    async with live_house.open(SYSTEM) as uow:
        assert [v for _, v in (await verification.violations(uow)).values() if v] == []


async def test_old_codes_are_forgotten(house: House) -> None:
    request_id = await ask(house)
    later(house, timedelta(minutes=6))
    await handlers.forget(house, {})
    async with house.open(SYSTEM) as uow:
        assert tuple((await uow.session.execute(text("SELECT ended, code_sealed FROM otp_request"))).one()) == ("expired", None)
    with pytest.raises(otp.OtpExpired):
        await check(house, request_id, "123456")
    later(house, timedelta(days=1))
    await handlers.forget(house, {})
    async with house.open(SYSTEM) as uow:
        assert (await uow.session.execute(text("SELECT count(*) FROM otp_request"))).scalar_one() == 0


async def test_the_invariants_see_violations(uow: UnitOfWork) -> None:
    await otp.request_otp(uow, SUBJECT, PURPOSE, PERSON)
    assert [v for _, v in (await verification.violations(uow)).values()] == [[], []]
    await uow.session.execute(text("UPDATE otp_request SET tries = 5"))
    assert [len(v) for _, v in (await verification.violations(uow)).values()] == [0, 1]


class CodeModel(RuleBasedStateMachine):
    """The limits as a model: whatever the order of requests and time, never more than three in any quarter hour and ten in any day."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.asked = 0, list[int]()

    @rule(minutes=st.integers(0, 400))
    def wait(self, minutes: int) -> None:
        self.now += minutes

    @rule()
    def request(self) -> None:
        quarter = sum(1 for t in self.asked if t > self.now - 15)
        day = sum(1 for t in self.asked if t > self.now - 1440)
        if not rules.too_many(quarter, day):
            self.asked.append(self.now)
        assert sum(1 for t in self.asked if t > self.now - 15) <= 3
        assert sum(1 for t in self.asked if t > self.now - 1440) <= 10


CodeModel.TestCase.settings = settings(max_examples=30, stateful_step_count=40, deadline=None, derandomize=True)
TestCodeModel = CodeModel.TestCase
