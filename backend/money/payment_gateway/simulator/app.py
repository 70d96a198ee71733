"""The simulator's HTTP side: orders, the payment page, webhooks, status, faults and its ledger."""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from html import escape
from pathlib import Path
from typing import Annotated, Any

import httpx2
import structlog
from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from backend.kit.http import make_client
from backend.kit.money import Money
from backend.kit.number_words import amount_digits
from backend.money.payment_gateway.providers.simulated import SIGNATURE_HEADER, sign
from backend.money.payment_gateway.simulator.ledger import Fault, Ledger, Order, SimulatedPayment

log = structlog.get_logger(__name__)
WEBHOOK_TRIES, WEBHOOK_PAUSE_S = 5, 1.0
WORDS = {
    "en": ("Test payment", "Pay", "Fail", "Stop, pay later", "No real money moves here."),
    "hi": ("टेस्ट पेमेंट", "पेमेंट करें", "फेल करें", "अभी नहीं", "यहाँ असली पैसे नहीं जाते।"),
    "pa": ("ਟੈਸਟ ਪੇਮੈਂਟ", "ਪੇਮੈਂਟ ਕਰੋ", "ਫੇਲ ਕਰੋ", "ਹੁਣੇ ਨਹੀਂ", "ਇੱਥੇ ਅਸਲੀ ਪੈਸੇ ਨਹੀਂ ਜਾਂਦੇ।"),
}
PAGE = """<!doctype html><html lang="{locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>body{{font:18px/1.5 system-ui,sans-serif;max-width:26rem;margin:0 auto;padding:1rem}}button{{font:inherit;width:100%;padding:.8rem;margin:.3rem 0;border-radius:10px;
border:1px solid #888;background:#fff}}button[value=pay]{{background:#0b6b4f;color:#fff}}b{{font-size:2rem}}</style></head><body><h1>{title}</h1><p><b>{amount}</b></p><p>{note}</p>
<form method="post"><button name="do" value="pay">{pay}</button><button name="do" value="fail">{fail}</button><button name="do" value="later">{later}</button></form></body></html>"""


class Simulator:
    """The provider: its ledger, and the webhooks it owes."""

    def __init__(self, secret: str, webhook_url: str, ledger: Ledger) -> None:
        self.secret = secret
        self.webhook_url = webhook_url
        self.ledger = ledger
        self._client = make_client(webhook_url)
        self._tasks: set[asyncio.Task[None]] = set()

    def allowed(self, request: Request) -> bool:
        """Whether the merchant's key came along."""
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {self.secret}".encode())

    def owe(self, order: Order, payment: SimulatedPayment, kind: str, *, after_ms: int = 0, times: int = 1) -> None:
        """Send a webhook about a payment, signed, until it is taken."""
        event_id = f"evt_{secrets.token_hex(8)}"
        body = json.dumps({"event_id": event_id, "type": f"payment.{kind}", "reference": order.reference, "payment": payment.__dict__}).encode()
        for _ in range(times):
            task = asyncio.create_task(self._send(body, after_ms))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send(self, body: bytes, after_ms: int) -> None:
        await asyncio.sleep(after_ms / 1000)
        headers = {SIGNATURE_HEADER: sign(self.secret, body), "content-type": "application/json"}
        for attempt in range(WEBHOOK_TRIES):
            try:
                answer = await self._client.post(self.webhook_url, content=body, headers=headers)
                if answer.status_code < 300:
                    return
            except httpx2.HTTPError:
                pass
            await asyncio.sleep(WEBHOOK_PAUSE_S * 2**attempt)
        log.warning("simulator gives a webhook up")

    async def settle(self, order: Order, amount_paise: int, mode: str) -> SimulatedPayment:
        """A person pays: by the script's fault, if there is one."""
        fault = self.ledger.next_fault()
        if fault.kind == "fails_then_succeeds":
            self.owe(order, self.ledger.pay(order.reference, amount_paise, mode, "failed"), "failed")
        amount = amount_paise + fault.off_by if fault.kind == "wrong_amount" else amount_paise
        paid = self.ledger.pay(order.reference, amount, mode, "captured")
        if fault.kind == "out_of_order":
            self.owe(order, paid, "captured")
            self.owe(order, paid, "authorized", after_ms=100)
        elif fault.kind != "silent":
            self.owe(order, paid, "captured", after_ms=fault.ms if fault.kind in ("late", "fails_then_succeeds") else 0, times=2 if fault.kind == "twice" else 1)
        if fault.kind == "timeout_after_success":
            await asyncio.sleep(fault.ms / 1000)
        return paid


def make_simulator(secret: str, webhook_url: str, *, root: str = "", ledger_path: Path | None = None) -> FastAPI:
    """The simulator's application. `webhook_url`: where the merchant listens; `root`: its own public address."""
    simulator = Simulator(secret, webhook_url, Ledger(ledger_path))
    app = FastAPI(title="Payment simulator", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.simulator = simulator
    _merchant_side(app, simulator, root)
    _payer_side(app, simulator)
    _script_side(app, simulator)
    return app


def _merchant_side(app: FastAPI, simulator: Simulator, root: str) -> None:
    @app.post("/orders")
    async def make_order(request: Request) -> Response:
        if not simulator.allowed(request):
            return JSONResponse({"error": "unauthorized"}, 401)
        wanted: dict[str, Any] = await request.json()
        order = simulator.ledger.order(wanted["reference"], int(wanted["amount_paise"]), wanted["mode"], wanted["return_url"], wanted.get("locale", "en"))
        return JSONResponse({"reference": order.reference, "checkout_url": f"{root}/checkout/{order.reference}"}, 201)

    @app.get("/orders/{reference}")
    async def fetch_order(reference: str, request: Request) -> Response:
        if not simulator.allowed(request):
            return JSONResponse({"error": "unauthorized"}, 401)
        order = simulator.ledger.orders.get(reference)
        payments = [p.__dict__ for p in order.payments] if order else []
        return JSONResponse({"reference": reference, "status": order.status if order else "none", "payments": payments})


def _payer_side(app: FastAPI, simulator: Simulator) -> None:
    def page(order: Order) -> HTMLResponse:
        title, pay, fail, later, note = WORDS.get(order.locale, WORDS["en"])
        amount = amount_digits(Money(order.amount_paise))
        return HTMLResponse(PAGE.format(locale=escape(order.locale), title=title, amount=amount, note=note, pay=pay, fail=fail, later=later))

    @app.get("/checkout/{reference}")
    async def show(reference: str) -> Response:
        order = simulator.ledger.orders.get(reference)
        return page(order) if order else HTMLResponse("no such order", 404)

    @app.post("/checkout/{reference}")
    async def decide(reference: str, do: Annotated[str, Form()]) -> Response:
        order = simulator.ledger.orders.get(reference)
        if order is None:
            return HTMLResponse("no such order", 404)
        if do == "pay" and order.status != "captured":
            await simulator.settle(order, order.amount_paise, order.mode)
        elif do == "fail" and order.status != "captured":
            simulator.owe(order, simulator.ledger.pay(reference, order.amount_paise, order.mode, "failed"), "failed")
        return RedirectResponse(order.return_url, 303)

    @app.get("/upi")
    async def upi_app(tr: str, am: str, pn: str = "", pa: str = "") -> Response:
        amount = Money.rupees(am)
        order = simulator.ledger.orders.get(tr) or Order(tr, amount.paise)
        return page(order)

    @app.post("/upi")
    async def upi_pay(tr: str, am: str, do: Annotated[str, Form()]) -> Response:
        amount = Money.rupees(am)
        order = simulator.ledger.order(tr, amount.paise, "UPI", "", "en")
        if do == "pay":
            await simulator.settle(order, amount.paise, "UPI")
        return HTMLResponse(f"<!doctype html><meta charset=utf-8><p>{'Paid' if do == 'pay' else 'Not paid'}: {amount_digits(amount)}</p>")


def _script_side(app: FastAPI, simulator: Simulator) -> None:
    @app.post("/faults")
    async def script(request: Request) -> Response:
        if not simulator.allowed(request):
            return JSONResponse({"error": "unauthorized"}, 401)
        simulator.ledger.faults.append(Fault(**await request.json()))
        return JSONResponse({"scripted": len(simulator.ledger.faults)})

    @app.get("/ledger")
    async def ledger(request: Request) -> Response:
        if not simulator.allowed(request):
            return JSONResponse({"error": "unauthorized"}, 401)
        return JSONResponse({"captured_paise": simulator.ledger.captured_paise, "orders": len(simulator.ledger.orders)})
