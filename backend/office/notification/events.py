"""What is announced of messages."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from backend.kit.announcements import Fact


class MessageRequested(Fact):
    """A message is to be sent; whoever sends asks for it by id."""

    topic: ClassVar[str] = "notification.message_requested"
    message_id: UUID
