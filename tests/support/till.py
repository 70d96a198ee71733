"""A loopback payment provider with a ledger of its own, the oracle of what was taken. It speaks what the provider's client speaks, and obeys a script.

`takes`: what a payer's click on "pay" leads to by reference, default captured at once. Its page needs no JavaScript.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route


@dataclass
class Order:
    """An order as the till knows it."""

    reference: str
    amount_paise: int
    return_url: str
    status: str = "none"
    payments: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Till:
    """The provider. `orders` is its ledger; `deaf`: it answers nothing but 503."""

    origin: str = ""
    deaf: bool = False
    orders: dict[str, Order] = field(default_factory=dict)
    asked: int = 0

    def app(self) -> Starlette:
        """Its addresses."""
        return Starlette(
            routes=[
                Route("/orders", self._order, methods=["POST"]),
                Route("/orders/{reference}", self._status),
                Route("/checkout/{reference}", self._page),
                Route("/checkout/{reference}", self._choice, methods=["POST"]),
            ]
        )

    def capture(self, reference: str, amount_paise: int | None = None, mode: str = "CARD") -> None:
        """Take money on a reference, as the bank says it came."""
        order = self.orders.setdefault(reference, Order(reference, amount_paise or 0, ""))
        payment = {
            "payment_id": f"pay_{reference[-8:]}_{len(order.payments)}",
            "amount_paise": amount_paise or order.amount_paise,
            "mode": mode,
            "status": "captured",
        }
        order.payments.append(payment)
        order.status = "captured"

    @property
    def taken_paise(self) -> int:
        """All money it holds for us."""
        return sum(p["amount_paise"] for order in self.orders.values() for p in order.payments)

    async def _order(self, request: Request) -> Response:
        if self.deaf:
            return Response(status_code=503)
        asked = await request.json()
        order = self.orders.setdefault(asked["reference"], Order(asked["reference"], asked["amount_paise"], asked["return_url"]))
        return JSONResponse({"checkout_url": f"{self.origin}/checkout/{order.reference}"})

    async def _status(self, request: Request) -> Response:
        self.asked += 1
        if self.deaf:
            return Response(status_code=503)
        order = self.orders.get(request.path_params["reference"])
        return JSONResponse({"status": order.status if order else "none", "payments": order.payments if order else []})

    async def _page(self, request: Request) -> Response:
        order = self.orders[request.path_params["reference"]]
        buttons = "".join(f'<button name="choice" value="{c}">{c}</button>' for c in ("pay", "fail", "later"))
        return HTMLResponse(f'<h1>Till: {order.amount_paise}</h1><form method="post" action="/checkout/{html.escape(order.reference)}">{buttons}</form>')

    async def _choice(self, request: Request) -> Response:
        order = self.orders[request.path_params["reference"]]
        choice = (await request.form())["choice"]
        if choice == "pay":
            self.capture(order.reference)
        else:
            order.status = "failed" if choice == "fail" else "pending"
        return RedirectResponse(order.return_url, 303)
