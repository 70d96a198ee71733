"""Signing in: the same answer for every name, locks, tokens that work once, and ends that are felt at once.

What must be kept although the request is refused needs `live_house`: in `house` all is one transaction.
"""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.office import otp, user
from backend.office.user import handlers, verification

NAME, PASSWORD, WRONG = "secretary", "a long enough password", "another long password"
VILLAGE = "pb.chakbakhtuhjgfei"
LATER = timedelta(seconds=1)


async def at(house: House, moment: timedelta, verb: Any, *args: Any) -> Any:
    """Do something in a unit of its own, that much after noon."""
    noon = house.clock()
    house.clock = lambda: noon + moment
    try:
        async with house.open(SYSTEM) as uow:
            return await verb(uow, *args)
    finally:
        house.clock = lambda: noon


async def login(house: House, **more: Any) -> None:
    """Make the login."""
    async with house.open(SYSTEM) as uow:
        await user.create_login(uow, NAME, PASSWORD, **more)


async def staff(house: House, role: str) -> user.Person:
    """A person with a role and the login."""
    async with house.open(SYSTEM) as uow:
        person = await user.register_person(uow, user.NewPerson("+919876543210", "Gurpreet"))
        await user.grant_role(uow, person.id, VILLAGE, role)
        await user.create_login(uow, NAME, PASSWORD, person_id=person.id)
    return person


async def wrong(house: House, times: int, name: str = NAME, moment: timedelta = timedelta(0)) -> None:
    """Be refused so often."""
    for _ in range(times):
        with pytest.raises(user.SignInRefused):
            await at(house, moment, user.sign_in, name, WRONG)


async def test_signing_in_and_out(house: House) -> None:
    person = await staff(house, "COLLECTION_OPERATOR")
    session = await at(house, timedelta(0), user.sign_in, "SECRETARY", PASSWORD)
    assert session.expires_in == 900
    assert PASSWORD not in repr(session) and session.refresh_token not in repr(session)
    actor = await at(house, LATER, user.actor_of, session.access_token)
    assert (actor.kind, actor.id, actor.tenants, actor.grants) == ("employee", person.id, (VILLAGE,), {("COLLECTION_OPERATOR", VILLAGE)})
    await at(house, LATER, user.sign_out, session.access_token)
    for verb, token in ((user.actor_of, session.access_token), (user.refresh, session.refresh_token)):
        with pytest.raises(user.TokenRefused):
            await at(house, LATER, verb, token)


async def test_roles_are_read_with_every_request(house: House) -> None:
    person = await staff(house, "GP_ADMIN")
    session = await at(house, timedelta(0), user.sign_in, NAME, PASSWORD)
    await at(house, LATER, user.revoke_role, person.id, VILLAGE, "GP_ADMIN")
    actor = await at(house, LATER, user.actor_of, session.access_token)
    assert (actor.kind, actor.tenants, actor.grants) == ("person", (), frozenset())
    await at(house, LATER, user.grant_role, person.id, "pb", "STADMIN")
    assert (await at(house, LATER, user.actor_of, session.access_token)).tenants is None


async def test_an_erased_persons_session_ends(house: House) -> None:
    person = await staff(house, "COLLECTION_OPERATOR")
    session = await at(house, timedelta(0), user.sign_in, NAME, PASSWORD)
    await at(house, LATER, user.erase_person, person.id)
    with pytest.raises(user.TokenRefused):
        await at(house, LATER, user.actor_of, session.access_token)


async def test_a_superuser_sees_every_village(house: House) -> None:
    await login(house, superuser=True)
    session = await at(house, timedelta(0), user.sign_in, NAME, PASSWORD)
    actor = await at(house, LATER, user.actor_of, session.access_token)
    assert (actor.tenants, actor.grants) == (None, {("SUPERUSER", "pb")})


async def test_a_short_password_is_refused(uow: UnitOfWork) -> None:
    with pytest.raises(user.PasswordTooShort):
        await user.create_login(uow, NAME, "fourteen chars")


async def test_a_new_password_ends_the_sessions_of_the_old(house: House) -> None:
    await login(house)
    session = await at(house, timedelta(0), user.sign_in, NAME, PASSWORD)
    await at(house, LATER, user.create_login, NAME, WRONG)
    with pytest.raises(user.TokenRefused):
        await at(house, LATER, user.actor_of, session.access_token)
    await at(house, LATER, user.sign_in, NAME, WRONG)
    with pytest.raises(user.SignInRefused):
        await at(house, LATER, user.sign_in, NAME, PASSWORD)


@pytest.mark.parametrize("name", [NAME, "nobody of that name"])
async def test_five_wrong_ones_lock_known_and_unknown_names_alike(live_house: House, name: str) -> None:
    await login(live_house)
    await wrong(live_house, 5, name)
    with pytest.raises(user.LoginLocked):
        await at(live_house, LATER, user.sign_in, name, PASSWORD)
    with pytest.raises(user.LoginLocked):
        await at(live_house, timedelta(minutes=59), user.sign_in, name, PASSWORD)
    if name == NAME:
        await at(live_house, timedelta(minutes=60), user.sign_in, name, PASSWORD)
    await wrong(live_house, 5, name, timedelta(minutes=61))
    with pytest.raises(user.LoginLocked):
        await at(live_house, timedelta(minutes=62), user.sign_in, name, PASSWORD)


async def test_a_right_one_and_time_forgive(live_house: House) -> None:
    await login(live_house)
    await wrong(live_house, 4)
    await at(live_house, LATER, user.sign_in, NAME, PASSWORD)
    await wrong(live_house, 4)
    await wrong(live_house, 4, moment=timedelta(minutes=31))
    await at(live_house, timedelta(minutes=32), user.sign_in, NAME, PASSWORD)


async def test_many_tries_at_once_are_counted_each(live_house: House) -> None:
    await login(live_house)

    async def one() -> str:
        try:
            await at(live_house, timedelta(0), user.sign_in, NAME, WRONG)
        except (user.SignInRefused, user.LoginLocked) as refused:
            return refused.code
        return "in"

    answers = await asyncio.gather(*(one() for _ in range(12)))
    assert answers.count("user.sign_in_refused") == 5 and answers.count("user.login_locked") == 7


async def test_a_refresh_token_works_once_and_a_stolen_one_ends_the_session(live_house: House) -> None:
    await login(live_house)
    first = await at(live_house, timedelta(0), user.sign_in, NAME, PASSWORD)
    second = await at(live_house, LATER, user.refresh, first.refresh_token)
    third = await at(live_house, LATER, user.refresh, second.refresh_token)
    await at(live_house, LATER, user.actor_of, third.access_token)
    with pytest.raises(user.TokenRefused):
        await at(live_house, LATER, user.refresh, first.refresh_token)  # not the last one spent: a thief may have renewed it often since
    for verb, token in ((user.refresh, third.refresh_token), (user.actor_of, third.access_token)):
        with pytest.raises(user.TokenRefused):
            await at(live_house, LATER, verb, token)
    async with live_house.open(SYSTEM) as uow:
        assert (await uow.session.execute(text("SELECT count(*) FROM announcement WHERE topic = 'user.session_stolen'"))).scalar_one() == 1
        assert [v for _, v in (await verification.violations(uow)).values() if v] == []
        await uow.session.execute(text("UPDATE login_session SET refresh_hash = (SELECT refresh_hash FROM login_session_spent LIMIT 1)"))
        assert (await verification.violations(uow))["I-22 a spent refresh token is nobody's current one"][1] != []


@pytest.mark.parametrize(("minutes", "good"), [(29, True), (30, False)])
async def test_a_staff_session_rests_half_an_hour_at_most(house: House, minutes: int, good: bool) -> None:
    await login(house)
    session = await at(house, timedelta(0), user.sign_in, NAME, PASSWORD)
    if good:
        await at(house, timedelta(minutes=minutes), user.refresh, session.refresh_token)
    else:
        with pytest.raises(user.TokenRefused):
            await at(house, timedelta(minutes=minutes), user.refresh, session.refresh_token)


async def test_a_staff_session_lasts_twelve_hours_at_most(house: House) -> None:
    await login(house)
    session = await at(house, timedelta(0), user.sign_in, NAME, PASSWORD)
    for step in range(1, 36):
        session = await at(house, timedelta(minutes=20 * step), user.refresh, session.refresh_token)
    with pytest.raises(user.TokenRefused):
        await at(house, timedelta(hours=12), user.refresh, session.refresh_token)
    with pytest.raises(user.TokenRefused):
        await at(house, timedelta(hours=12), user.actor_of, session.access_token)


async def test_an_access_token_ends_after_fifteen_minutes_and_can_not_be_made_up(house: House) -> None:
    await login(house)
    session = await at(house, timedelta(0), user.sign_in, NAME, PASSWORD)
    await at(house, timedelta(minutes=14, seconds=59), user.actor_of, session.access_token)
    head, claims, signature = session.access_token.split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    other = base64.urlsafe_b64encode(json.dumps({"sid": str(uuid4()), "exp": 9999999999}).encode()).decode().rstrip("=")
    for forged in (f"{none}.{claims}.", f"{head}.{other}.{signature}", "", "a.b.c", session.refresh_token):
        with pytest.raises(user.TokenRefused):
            await at(house, LATER, user.actor_of, forged)
    with pytest.raises(user.TokenRefused):
        await at(house, timedelta(minutes=15), user.actor_of, session.access_token)


async def code_for(house: House, person: user.Person) -> tuple[str, str]:
    """A requested OTP and its code."""
    async with house.open(SYSTEM) as uow:
        request_id = await otp.request_otp(uow, person.phone, "sign_in", person.id)
        revealed = await otp.reveal_for_sending(uow, request_id)
        assert revealed is not None
    return str(request_id), revealed.code


async def test_a_collector_signs_in_with_an_otp(house: House) -> None:
    person = await staff(house, "COLLECTION_OPERATOR")
    request_id, code = await code_for(house, person)
    session = await at(house, LATER, user.sign_in_with_otp, request_id, code)
    assert (await at(house, LATER, user.actor_of, session.access_token)).id == person.id
    await at(house, timedelta(hours=23), user.refresh, session.refresh_token)  # a person's session rests a day
    with pytest.raises(otp.OtpExpired):
        await at(house, LATER, user.sign_in_with_otp, request_id, code)
    with pytest.raises(user.SignInRefused):
        await at(house, LATER, user.sign_in_with_otp, "not an id", code)


@pytest.mark.parametrize("role", ["GP_ADMIN", "SARPANCH", "STADMIN", "DIV_ADMIN"])
async def test_an_admin_does_not_sign_in_with_an_otp(house: House, role: str) -> None:
    person = await staff(house, role)
    request_id, code = await code_for(house, person)
    with pytest.raises(otp.OtpWrong):
        await at(house, LATER, user.sign_in_with_otp, request_id, "000000" if code != "000000" else "000001")
    async with house.open(SYSTEM) as uow:
        with pytest.raises(user.OtpNotEnough):
            await user.sign_in_with_otp(uow, request_id, code)
        assert (await uow.session.execute(text("SELECT count(*) FROM login_session"))).scalar_one() == 0


async def test_what_is_over_is_forgotten(live_house: House) -> None:
    await login(live_house)
    await wrong(live_house, 1, "somebody else")
    session = await at(live_house, timedelta(0), user.sign_in, NAME, PASSWORD)
    await at(live_house, LATER, user.refresh, session.refresh_token)
    counts = text("SELECT (SELECT count(*) FROM login_session), (SELECT count(*) FROM login_session_spent), (SELECT count(*) FROM sign_in_try)")
    await handlers.forget(live_house, {})
    async with live_house.open(SYSTEM) as uow:
        assert tuple((await uow.session.execute(counts)).one()) == (1, 1, 1)
    noon = live_house.clock()
    live_house.clock = lambda: noon + timedelta(hours=12)
    await handlers.forget(live_house, {})
    async with live_house.open(SYSTEM) as uow:
        assert tuple((await uow.session.execute(counts)).one()) == (0, 0, 0)
