"""Who is written to, and what a message may carry."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from backend.kit.unit_of_work import UnitOfWork
from backend.office import notification, user
from backend.office.notification import verification

PHONE, VILLAGE = "+919876543210", "pb.chakbakhtuhjgfei"


def to_address(purpose: Any = "reminder", key: str = "k1") -> notification.NewMessage:
    """A message to a phone."""
    return notification.NewMessage(
        VILLAGE, "bill_reminder", purpose, key, channel="whatsapp", address=PHONE, params={"due_paise": 8000, "due_on": date(2026, 12, 5)}
    )


async def announced(uow: UnitOfWork) -> int:
    """How many messages were announced."""
    await uow.flush()
    return int((await uow.session.execute(text("SELECT count(*) FROM announcement WHERE topic = 'notification.message_requested'"))).scalar_one())


async def test_wishes_are_kept_by_channel_and_address(uow: UnitOfWork) -> None:
    assert await notification.is_wanted(uow, "whatsapp", PHONE)
    await notification.set_messaging(uow, "whatsapp", PHONE, wanted=False)
    assert not await notification.is_wanted(uow, "whatsapp", PHONE)
    assert await notification.is_wanted(uow, "sms", PHONE)
    assert await notification.is_wanted(uow, "whatsapp", "+919876543211")
    await notification.set_messaging(uow, "whatsapp", PHONE, wanted=True)
    assert await notification.is_wanted(uow, "whatsapp", PHONE)
    stored = (await uow.session.execute(text("SELECT address_index FROM messaging_wish"))).scalar_one()
    assert b"9876543210" not in bytes(stored)


async def test_a_message_is_kept_announced_once_and_found_again(uow: UnitOfWork) -> None:
    message = await notification.request_message(uow, to_address())
    assert (message.params, message.address, message.held) == ({"due_paise": 8000, "due_on": "2026-12-05"}, PHONE, None)
    assert await notification.request_message(uow, replace(to_address(), template="another")) == message
    assert await notification.fetch_message(uow, VILLAGE, message.id) == message
    assert await announced(uow) == 1
    assert PHONE not in repr(message) + repr(to_address())
    row = (await uow.session.execute(text("SELECT m.*, a.facts::text AS facts FROM message_request m JOIN announcement a ON a.tenant_id = m.tenant_id"))).one()
    assert not any("9876543210" in str(value) for value in row)
    with pytest.raises(notification.MessageNotFound):
        await notification.fetch_message(uow, VILLAGE, uuid4())
    assert await verification.violations(uow) == {"a message was announced once, a held one never": (1, [])}


@pytest.mark.parametrize(
    ("purpose", "held"), [("reminder", True), ("bill", True), ("notice", True), ("receipt", False), ("otp", False), ("answer", False), ("trouble", False)]
)
async def test_who_said_stop_gets_only_what_is_owed(uow: UnitOfWork, purpose: str, held: bool) -> None:
    await notification.set_messaging(uow, "whatsapp", PHONE, wanted=False)
    message = await notification.request_message(uow, to_address(purpose))
    assert (message.held == "opted_out") is held
    assert await announced(uow) == (0 if held else 1)
    assert [v for _, v in (await verification.violations(uow)).values()] == [[]]


async def test_a_persons_newest_word_on_any_channel_counts(uow: UnitOfWork) -> None:
    person = await user.register_person(uow, user.NewPerson(PHONE, "Gurpreet"))
    await user.join_address(uow, "telegram", "4711", person.id)
    wanted = notification.NewMessage(VILLAGE, "bill_ready", "bill", "k0", person_id=person.id)

    async def held(key: str) -> bool:
        return (await notification.request_message(uow, replace(wanted, key=key))).held is not None

    assert not await held("k1")
    await notification.set_messaging(uow, "telegram", "4711", wanted=False)
    assert await held("k2")
    uow.now += timedelta(minutes=1)
    await notification.set_messaging(uow, "sms", PHONE, wanted=True)
    assert not await held("k3")
    with pytest.raises(user.PersonNotFound):
        await notification.request_message(uow, replace(wanted, key="k4", person_id=uuid4()))


@pytest.mark.parametrize("value", ["Gurpreet Kaur", "ਗੁਰਪ੍ਰੀਤ", PHONE, "9876543210", "98765-43210", "", "x" * 65, 1.5, True, None, ["a"]])
async def test_a_message_carries_no_name_phone_or_sentence(uow: UnitOfWork, value: Any) -> None:
    with pytest.raises(notification.MessageInvalid):
        await notification.request_message(uow, replace(to_address(), params={"thing": value}))


async def test_codes_numbers_and_days_may_be_carried(uow: UnitOfWork) -> None:
    subject = uuid4()
    params: dict[str, Any] = {"receipt": "PB/796548/2026-27/0001", "link": "aB3_-xyzAB12", "subject": subject, "paise": 8000}
    message = await notification.request_message(uow, replace(to_address(), params=params))
    assert message.params == params | {"subject": str(subject)}


@pytest.mark.parametrize("change", [{"channel": None}, {"address": None}, {"channel": None, "address": None}, {"person_id": uuid4()}])
async def test_a_message_goes_to_exactly_one(uow: UnitOfWork, change: dict[str, Any]) -> None:
    with pytest.raises(notification.MessageInvalid):
        await notification.request_message(uow, replace(to_address(), **change))


async def test_a_message_nobody_heard_of_is_seen(uow: UnitOfWork) -> None:
    message = await notification.request_message(uow, to_address())
    await announced(uow)
    await uow.session.execute(text("UPDATE message_request SET held = 'opted_out'"))
    assert await verification.violations(uow) == {"a message was announced once, a held one never": (1, [f"{VILLAGE} message {message.id}"])}


async def consents(uow: UnitOfWork) -> set[tuple[str, str]]:
    """Who of the two allows learning."""
    return await notification.list_consenting(uow, "learning", [("whatsapp", PHONE), ("telegram", "4711")])


async def test_the_newest_word_on_learning_counts_and_silence_is_no(uow: UnitOfWork) -> None:
    assert await consents(uow) == set()
    await notification.record_consent(uow, "whatsapp", PHONE, notification.NewConsent("learning", True, "learning-1", "hi"))
    assert await consents(uow) == {("whatsapp", PHONE)}
    await notification.record_consent(uow, "whatsapp", PHONE, notification.NewConsent("learning", False, "learning-1", "hi"))
    assert await consents(uow) == set()
    lines = (await uow.session.execute(text("SELECT count(*) FROM consent"))).scalar_one()
    assert lines == 2, "earlier words stay as proof"


async def test_who_says_stop_takes_back_learning_too(uow: UnitOfWork) -> None:
    await notification.record_consent(uow, "whatsapp", PHONE, notification.NewConsent("learning", True, "learning-1", "hi"))
    await notification.set_messaging(uow, "whatsapp", PHONE, wanted=False)
    await notification.set_messaging(uow, "whatsapp", PHONE, wanted=True)
    assert await consents(uow) == set()
