"""The simulator's page and its small interface: people, say, and a live stream of a conversation."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette.sse import EventSourceResponse

from bot.simulator.ledger import Ledger
from bot.simulator.telegram import SimulatedTelegram
from bot.simulator.twilio import SimulatedTwilio

STATIC = Path(__file__).parent / "static"
People = Callable[[], Awaitable[list[dict[str, Any]]]]


class Saying(BaseModel):
    """What a person says on the page."""

    model_config = ConfigDict(extra="ignore")
    channel: Literal["whatsapp", "sms", "telegram"]
    phone: str = Field(pattern=r"^\+\d{8,15}$")
    text: str = Field(default="", max_length=4000)
    button: str | None = Field(default=None, max_length=200)
    media: Literal["image", "sticker", "location", "audio"] | None = None
    contact: Literal["own", "other"] | None = None
    twice: bool = False


def key_of(channel: str, phone: str) -> str:
    """The ledger's key of a person on a channel: the phone, or Telegram's chat id."""
    return phone.lstrip("+") if channel == "telegram" else phone


def make_chat_simulator(app: FastAPI, twilio: SimulatedTwilio, telegram: SimulatedTelegram, ledger: Ledger, people: People) -> None:
    """Add the page and both providers to the application."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/simulator")
    async def page() -> Response:
        return HTMLResponse((STATIC / "simulator.html").read_text(encoding="utf-8"), headers={"Cache-Control": "no-store"})

    @pages.get("/simulator/{name}.{ending}")
    async def static(name: str, ending: str) -> Response:
        kinds = {"css": "text/css", "js": "text/javascript"}
        path = STATIC / f"{name}.{ending}"
        if ending not in kinds or not name.isalpha() or not path.exists():
            return Response(status_code=404)
        return FileResponse(path, media_type=kinds[ending])

    @pages.get("/simulator/people")
    async def list_people() -> Response:
        return JSONResponse(await people())

    @pages.post("/simulator/say")
    async def say(said: Saying) -> Response:
        if said.channel == "telegram":
            contact = None if said.contact is None else said.phone if said.contact == "own" else "+919999999999"
            status = await telegram.say(
                key_of("telegram", said.phone), said.text, button=said.button, media=said.media, contact=contact, own=said.contact == "own", twice=said.twice
            )
        else:
            status = await twilio.say(said.channel, said.phone, said.text, button=said.button, media=said.media, twice=said.twice)
        return JSONResponse({"status": status}, 200 if status == 200 else 502)

    @pages.get("/simulator/stream")
    async def stream(request: Request, channel: Annotated[str, Query()], phone: Annotated[str, Query()]) -> EventSourceResponse:
        async def events() -> AsyncIterator[dict[str, str]]:
            async for entry in ledger.follow(channel, key_of(channel, "+" + phone.strip().lstrip("+"))):
                yield {"data": json.dumps(asdict(entry), ensure_ascii=False)}

        return EventSourceResponse(events(), ping=15)

    app.include_router(pages)
    app.include_router(twilio.router, prefix="/simulator/twilio", include_in_schema=False)
    app.include_router(telegram.router, prefix="/simulator/telegram", include_in_schema=False)
