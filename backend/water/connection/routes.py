"""Households by REST: list, look up, register, readings."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from backend.foundation import access_control
from backend.kit.doors import Unit, permit
from backend.kit.paging import LIMIT_DEFAULT, LIMIT_MAX, Page, decode_cursor, encode_cursor
from backend.money import billing
from backend.office import user
from backend.water.connection import service
from backend.water.connection.search import search as search_households

router = APIRouter(prefix="/villages/{tenant_id}", tags=["households"])
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="Rows a page")]


class Household(BaseModel):
    """A household's connection with its dues in paise."""

    id: UUID
    tenant_id: str = Field(examples=["pb.abadighratian"])
    connection_no: str = Field(examples=["WS/15767/2026-27/0001"])
    old_connection_no: str
    holder_name: str
    building: str = Field(examples=["RESIDENTIAL"])
    metered: bool
    meter_no: str | None
    active: bool
    due_paise: int
    advance_paise: int


class NewHousehold(BaseModel):
    """A household to register."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"holder_name": "Ramesh Kumar", "phone": "+919000000777", "old_connection_no": "0777", "building": "RESIDENTIAL"}})
    holder_name: str = Field(min_length=1, max_length=128)
    phone: str = Field(max_length=20)
    old_connection_no: str = Field(min_length=1, max_length=64)
    building: str = "RESIDENTIAL"
    meter_no: str | None = Field(default=None, max_length=32)
    locale: str | None = Field(default=None, pattern="^(en|hi|pa)$")


class NewMeterReading(BaseModel):
    """What the meter shows at the end of a month."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"period": "2026-11", "current": 124, "read_on": "2026-11-30"}})
    period: str = Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")
    current: int = Field(ge=0, le=10_000_000, strict=True)
    read_on: date


async def _shown(uow: Unit, found: list[service.Connection]) -> list[Household]:
    dues = await billing.dues(uow, [c.id for c in found])
    return [
        Household(
            id=c.id,
            tenant_id=c.tenant_id,
            connection_no=c.connection_no,
            old_connection_no=c.old_connection_no,
            holder_name=c.holder_name,
            building=c.building,
            metered=c.metered,
            meter_no=c.meter_no,
            active=c.active,
            due_paise=dues.get(c.id, billing.NOTHING_DUE).due.paise,
            advance_paise=dues.get(c.id, billing.NOTHING_DUE).advance.paise,
        )
        for c in found
    ]


@router.get("/households", openapi_extra=permit("household.read"), summary="List or search households")
async def list_households(uow: Unit, tenant_id: str, q: Annotated[str, Query(max_length=100)] = "", cursor: str | None = None, limit: Limit = LIMIT_DEFAULT) -> Page[Household]:
    """By number; with `q` by the end of a number or a name however spelt, best first."""
    access_control.require(uow, "household.read", tenant_id)
    if q:
        return Page[Household](items=await _shown(uow, await search_households(uow, [tenant_id], q, limit)))
    after = decode_cursor(cursor, 1)[0] if cursor else None
    found = await service.list_page(uow, tenant_id, after, limit)
    return Page[Household](items=await _shown(uow, found), next_cursor=encode_cursor(found[-1].connection_no) if len(found) == limit else None)


@router.get("/households/{household_id}", openapi_extra=permit("household.read"), summary="One household")
async def fetch_household(uow: Unit, tenant_id: str, household_id: UUID) -> Household:
    """With its dues."""
    access_control.require(uow, "household.read", tenant_id)
    return (await _shown(uow, [await service.fetch_connection(uow, tenant_id, household_id)]))[0]


@router.post("/households", openapi_extra=permit("household.write"), status_code=201, summary="Register a household")
async def register_household(uow: Unit, tenant_id: str, new: NewHousehold) -> Household:
    """The phone's person is found or made; the connection gets the next number."""
    access_control.require(uow, "household.write", tenant_id)
    person = await user.register_person(uow, user.NewPerson(phone=new.phone, name=new.holder_name, locale=new.locale))
    made = await service.register_connection(
        uow,
        tenant_id,
        service.NewConnection(holder_id=person.id, holder_name=new.holder_name, old_connection_no=new.old_connection_no, building=new.building, meter_no=new.meter_no),
    )
    return (await _shown(uow, [made]))[0]


@router.post("/households/{household_id}/readings", openapi_extra=permit("household.write"), status_code=201, summary="Record a meter reading")
async def add_reading(uow: Unit, tenant_id: str, household_id: UUID, new: NewMeterReading) -> dict[str, int]:
    """Must not lie under the one before."""
    access_control.require(uow, "household.write", tenant_id)
    found = await service.fetch_connection(uow, tenant_id, household_id)
    reading = await service.record_reading(uow, tenant_id, service.NewReading(found.id, new.period, new.current, new.read_on))
    return {"previous": reading.previous, "current": reading.current, "units": reading.current - reading.previous}
