"""What is announced of codes."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from backend.kit.announcements import Fact


class OtpRequested(Fact):
    """A code waits to be sent to its person, if it has one; the code itself is not in the fact."""

    topic: ClassVar[str] = "otp.requested"
    request_id: UUID
