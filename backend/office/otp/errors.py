"""Why a code is refused. None of them says whether the subject is known."""

from __future__ import annotations

from backend.kit.errors import Conflict, Invalid


class OtpWrong(Invalid):
    """Fact `tries_left`."""

    code, title = "otp.wrong", "That code is not right"


class OtpExpired(Conflict):
    code, title = "otp.expired", "That code is over; ask for a new one"


class OtpLocked(Conflict):
    code, title = "otp.locked", "Too many wrong codes; ask for a new one later"


class OtpTooMany(Conflict):
    code, title = "otp.too_many", "Too many codes were asked for; try again later"
