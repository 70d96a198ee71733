"""One-time passwords: six digits, five minutes, five tries, one at a time, for one purpose.

Tables: otp_request. Announces otp.requested. Hears nothing. The code is kept as a keyed hash, and sealed for its one sender until it ends; it is
never in a job, a log or an answer. Known and unknown subjects take the same path. The original accepted every unexpired code and counted no tries.
"""

from backend.office.otp.errors import OtpExpired, OtpLocked, OtpTooMany, OtpWrong
from backend.office.otp.rules import LIFE_MINUTES
from backend.office.otp.service import Revealed, check_otp, check_otp_of_person, request_otp, reveal_for_sending

__all__ = [
    "LIFE_MINUTES",
    "OtpExpired",
    "OtpLocked",
    "OtpTooMany",
    "OtpWrong",
    "Revealed",
    "check_otp",
    "check_otp_of_person",
    "request_otp",
    "reveal_for_sending",
]
