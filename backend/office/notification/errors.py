"""What can be wrong about a message."""

from __future__ import annotations

from backend.kit.errors import Invalid, NotFound


class MessageInvalid(Invalid):
    """Fact `param`: the parameter that is at fault, if one is."""

    code, title = "notification.message_invalid", "A message goes to one recipient and carries ids, amounts, days and codes only"


class MessageNotFound(NotFound):
    code, title = "notification.message_not_found", "There is no such message"
