"""Short links: `/s/{code}`, and `/{HEADER}/{code}` because Indian SMS rules want the sender's header in the link."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.convertors import Convertor, register_url_convertor

from backend.foundation import short_url
from backend.kit.unit_of_work import SYSTEM
from backend.pages import reading
from backend.pages.door import Missing, PageRoute, code_in, house_of, message
from backend.pages.rendering import security_headers
from backend.pages.rules import inner_path


class _SmsHeader(Convertor[str]):
    """A registered sender: capitals and digits, with the operator's route before or after a hyphen ("PBWATR", "AX-PBWATR-G")."""

    regex = "[A-Z0-9]*[A-Z][A-Z0-9-]{2,13}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("sms_header", _SmsHeader())
router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.api_route("/s/{code}", methods=["GET", "HEAD"])
@router.api_route("/{header:sms_header}/{code}", methods=["GET", "HEAD"])
async def follow(request: Request, code: str) -> Response:
    """302 to the page; 410 when the link has ended, in the language of the person it was made for; 404 when there is none."""
    async with house_of(request).open(SYSTEM) as uow:
        target = await short_url.resolve(uow, code_in(code))
        path = inner_path(target.path) if target else None
        if target is None or path is None:
            raise Missing
        person = await reading.find_person_locale(uow, path) if target.ended else None
    if target.ended:
        return message(request, "ended", 410, person)
    return RedirectResponse(path, 302, security_headers())
