"""`/verify/{code}`: what the code on a paper receipt proves. Validity, number, amount and date; nobody's name, no village, no way further."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from backend.kit.clock import india_day
from backend.kit.unit_of_work import SYSTEM
from backend.money import collection
from backend.pages.door import Missing, PageRoute, code_in, house_of, locale_of
from backend.pages.rendering import page
from backend.pages.views import VerifyView

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.api_route("/verify/{code}", methods=["GET", "HEAD"])
async def verify(request: Request, code: str) -> Response:
    """The receipt a code belongs to, or 404: not ours."""
    code = code_in(code)
    async with house_of(request).open(SYSTEM) as uow:
        paid = await collection.find_payment_by_verify_code(uow, code)
    if paid is None:
        raise Missing
    view = VerifyView(receipt_no=paid.receipt_no, amount=paid.amount, paid_on=india_day(paid.paid_at), valid=True)
    return page("verify.html", view, locale_of(request), path=f"/verify/{code}")
