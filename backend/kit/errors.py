"""Six kinds of error, because there are six reactions.

    Fault
    ├── Invalid          422   the caller must say it differently   (chat: asks again)
    ├── Unauthenticated  401   the caller must sign in              (chat: signs in, then back)
    ├── Denied           403   the caller may not
    ├── NotFound         404   there is no such thing, for this caller
    ├── Conflict         409   it is so already, or has changed     (chat: the step's `on_error`)
    └── Unavailable      503   try again later                      (worker: retries)

A room subclasses one of them per error, sets `code = "billing.bill_expired"` and passes facts (ids, amounts, days): never a phone, name or text.
Doors translate: RFC 9457 problem JSON, facade code, catalogue text.
"""

from __future__ import annotations

from typing import Any, ClassVar


class Fault(Exception):
    """An expected error. `code` is stable and public; `facts` are safe to show and log; `fields` maps a field path to what is wrong with it."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "fault"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str = "", *, fields: dict[str, str] | None = None, **facts: Any) -> None:
        self.detail = detail or self.title
        self.fields = fields or {}
        self.facts = facts
        super().__init__(self.detail)


class Invalid(Fault):
    status, code, title = 422, "invalid", "The request is not valid"


class Unauthenticated(Fault):
    status, code, title = 401, "unauthenticated", "Sign in first"


class Denied(Fault):
    status, code, title = 403, "denied", "Not allowed"


class NotFound(Fault):
    status, code, title = 404, "not_found", "Not found"


class Conflict(Fault):
    status, code, title = 409, "conflict", "It conflicts with what is there"


class Unavailable(Fault):
    status, code, title = 503, "unavailable", "Not available right now"
