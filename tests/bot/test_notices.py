"""What an OTP says: a code to sign in is for nobody else; a code for a household's bill names the household and is for the family."""

from __future__ import annotations

from uuid import UUID

import pytest

from backend.facade.contract import OtpNotice, Recipient
from bot.notices import NoticeTexts
from tests.support.facade_in_memory import named_id

NUMBER = "WS/15767/2026-27/0001"
PERSON = named_id("person")


class Sender:
    """The one verb of the facade that is asked here."""

    def __init__(self, connection_no: str | None) -> None:
        self.connection_no = connection_no

    async def otp_notice(self, caller: object, request: object) -> OtpNotice:
        """The code."""
        to = Recipient(person_id=PERSON, role="owner", phone="+919000000001", locale="pa")
        return OtpNotice(otp="123456", minutes=5, connection_no=self.connection_no, recipient=to)


async def said(connection_no: str | None, locale: str) -> str:
    notice = {"kind": "otp", "tenant_id": "pb", "subject_id": str(UUID(int=1)), "locale": locale}
    made = await NoticeTexts(Sender(connection_no)).make(notice, "sms")  # type: ignore[arg-type]  # one verb is enough
    assert made is not None
    return made.text


@pytest.mark.parametrize(("locale", "nobody"), [("en", "to nobody"), ("hi", "किसी को न बताएँ"), ("pa", "ਕਿਸੇ ਨੂੰ ਨਾ ਦੱਸੋ")])
async def test_a_code_to_sign_in_is_for_nobody_else(locale: str, nobody: str) -> None:
    text = await said(None, locale)
    assert "123456" in text
    assert nobody in text


@pytest.mark.parametrize(("locale", "family"), [("en", "your own family"), ("hi", "घर वालों"), ("pa", "ਘਰ ਵਾਲਿਆਂ")])
async def test_a_code_for_a_household_names_it_and_is_for_the_family(locale: str, family: str) -> None:
    text = await said(NUMBER, locale)
    assert "123456" in text
    assert NUMBER in text
    assert family in text
