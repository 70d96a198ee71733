"""Phones, and the lives of sessions (reliability.md S-13, S-15, S-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import phonenumbers

from backend.office.user.errors import PhoneInvalid

# Channels whose address is the phone itself, vouched for by the provider.
PHONE_CHANNELS = frozenset({"whatsapp", "sms", "console"})
# Whoever holds one of these signs in with a password: an OTP by SMS is not enough for them.
ADMIN_ROLES = frozenset({"SUPERUSER", "STADMIN", "DIV_ADMIN", "HRMS_ADMIN", "GP_ADMIN", "SARPANCH"})

ACCESS_LIFE = timedelta(minutes=15)
WRONG_MAX, WRONG_WINDOW, LOCK = 5, timedelta(minutes=30), timedelta(minutes=60)


@dataclass(frozen=True)
class Life:
    """How long a session may rest unused, and how long it may last at all."""

    idle: timedelta
    whole: timedelta


STAFF_LIFE = Life(timedelta(minutes=30), timedelta(hours=12))
PERSON_LIFE = Life(timedelta(hours=24), timedelta(days=30))


def normal_phone(phone: str) -> str:
    """An Indian mobile number, however written, as E.164; PhoneInvalid for anything else."""
    try:
        parsed = phonenumbers.parse(phone, "IN")
    except phonenumbers.NumberParseException as error:
        raise PhoneInvalid from error
    national = str(parsed.national_number)
    if parsed.country_code != 91 or parsed.italian_leading_zero or len(national) != 10 or national[0] not in "6789":
        raise PhoneInvalid
    return f"+91{national}"
