"""`/receipts/{token}` and its PDF: for whoever was given the link."""

from __future__ import annotations

import asyncio
import re

from fastapi import APIRouter, Request, Response

from backend.foundation import master_data
from backend.kit.unit_of_work import SYSTEM
from backend.money import collection
from backend.office import pdf
from backend.pages import reading
from backend.pages.door import Missing, PageRoute, code_in, house_of, locale_of
from backend.pages.rendering import line_text, page, security_headers
from backend.pages.rules import without_stuck_on
from backend.pages.texts import mode_text, text
from backend.pages.views import ReceiptView

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.api_route("/receipts/{name}", methods=["GET", "HEAD"])
async def receipt(request: Request, name: str) -> Response:
    """The receipt as a page; as PDF when the name ends in ".pdf"."""
    plain = without_stuck_on(name)
    token = code_in(plain.removesuffix(".pdf"))
    async with house_of(request).open(SYSTEM) as uow:
        paid = await collection.find_payment_by_receipt_token(uow, token)
        if paid is None:
            raise Missing
        await uow.see([paid.tenant_id])
        reader = await reading.fetch_reader(uow, paid.tenant_id, paid.consumer_id)
        view = await reading.receipt_view(uow, paid, reader)
    locale = locale_of(request, reader.person_locale)
    if not plain.endswith(".pdf"):
        return page("receipt.html", view, locale, path=f"/receipts/{token}")
    verify_url = f"{house_of(request).settings.public_url}/verify/{paid.verify_code}"
    printed = await asyncio.to_thread(pdf.render_receipt, _paper(view, reader, paid.tenant_id, verify_url, locale))
    name = re.sub(r"[^A-Za-z0-9]+", "-", paid.receipt_no).strip("-")
    return Response(printed, headers={**security_headers(), "Content-Disposition": f'inline; filename="{name}.pdf"'}, media_type="application/pdf")


def _paper(view: ReceiptView, reader: reading.Reader, tenant_id: str, verify_url: str, locale: str) -> pdf.ReceiptPrint:
    """What is printed: the payer's own paper carries the holder's full name."""
    village = master_data.village_name(tenant_id)
    return pdf.ReceiptPrint(
        receipt_no=view.receipt_no,
        paid_on=view.paid_on,
        village=village,
        office=text("office", locale, village=village),
        connection_no=view.household.connection_no,
        holder_name=reader.connection.holder_name,
        amount=view.amount,
        mode=mode_text(view.mode, locale),
        lines=tuple(pdf.ReceiptLine(label=line_text(line.head, line.period, locale), amount=line.amount) for line in view.lines),
        due_after=view.due_after,
        advance_after=view.advance_after,
        verify_url=verify_url,
        locale=locale,
    )
