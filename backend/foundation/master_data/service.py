"""Villages in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import phonenumbers
import regex
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from backend.foundation import encryption
from backend.foundation.master_data.errors import TenantNotFound, TenantUnknown, UpiAddressInvalid
from backend.foundation.master_data.events import TenantChanged, TenantCreated
from backend.foundation.master_data.masters import STATE, part_payment_allowed, village
from backend.foundation.master_data.models import TenantRow
from backend.kit.errors import Invalid
from backend.kit.unit_of_work import UnitOfWork

_UPI_ADDRESS = regex.compile(r"[A-Za-z0-9.\-_]{2,256}@[A-Za-z][A-Za-z0-9]{1,63}")


class ContactInvalid(Invalid):
    code, title = "master_data.contact_invalid", "That is no Indian phone number"


@dataclass(frozen=True)
class Contact:
    """The village's public contact; either may be empty."""

    office_name: str
    phone: str


@dataclass(frozen=True)
class Tenant:
    """A village in use. `upi_vpa` empty: the deployment's default. `part_payment`: whether less than the whole bill may be paid."""

    tenant_id: str
    upi_vpa: str
    office_name: str
    part_payment: bool


@dataclass(frozen=True)
class TenantChange:
    """Settings to change; None leaves one as it is. An empty `upi_vpa` returns to the default."""

    upi_vpa: str | None = None
    part_payment: bool | None = None


_TENANTS = select(TenantRow.tenant_id, TenantRow.upi_vpa, TenantRow.office_name, TenantRow.part_payment)


def _tenant(row: Any) -> Tenant:
    return Tenant(row.tenant_id, row.upi_vpa, row.office_name, part_payment_allowed() if row.part_payment is None else row.part_payment)


async def create_tenant(uow: UnitOfWork, tenant_id: str) -> Tenant:
    """Take a village of the register into use; again is no error. TenantUnknown for the state and for what the register does not have."""
    found = village(tenant_id)
    if found is None or tenant_id == STATE:
        raise TenantUnknown(tenant_id=tenant_id)
    values = {"tenant_id": tenant_id, "office_name": f"Gram Panchayat {found.name}", "created_at": uow.now}
    made = await uow.session.execute(insert(TenantRow).values(**values).on_conflict_do_nothing().returning(TenantRow.tenant_id))
    if made.first():
        uow.announce(TenantCreated(tenant_id=tenant_id))
    return await fetch_tenant(uow, tenant_id)


async def change_tenant(uow: UnitOfWork, tenant_id: str, change: TenantChange) -> Tenant:
    """Change a village's settings. TenantNotFound, UpiAddressInvalid."""
    if change.upi_vpa and not _UPI_ADDRESS.fullmatch(change.upi_vpa):
        raise UpiAddressInvalid
    values = {name: value for name, value in (("upi_vpa", change.upi_vpa), ("part_payment", change.part_payment)) if value is not None}
    if values:
        done = await uow.session.execute(update(TenantRow).where(TenantRow.tenant_id == tenant_id).values(**values).returning(TenantRow.tenant_id))
        if done.first():
            uow.announce(TenantChanged(tenant_id=tenant_id, settings=tuple(values)))
    return await fetch_tenant(uow, tenant_id)


async def fetch_tenant(uow: UnitOfWork, tenant_id: str) -> Tenant:
    """The village in use, or TenantNotFound."""
    row = (await uow.session.execute(_TENANTS.where(TenantRow.tenant_id == tenant_id))).first()
    if row is None:
        raise TenantNotFound(tenant_id=tenant_id)
    return _tenant(row)


async def list_tenants(uow: UnitOfWork, district: str | None = None) -> list[Tenant]:
    """Villages in use, of one district (by name, in any case) or all, by id."""
    found = [_tenant(row) for row in await uow.session.execute(_TENANTS.order_by(TenantRow.tenant_id))]
    return [t for t in found if district is None or (v := village(t.tenant_id)) and v.district.casefold() == district.strip().casefold()]


async def find_tenants(uow: UnitOfWork) -> list[str]:
    """Ids of the villages in use."""
    return [t.tenant_id for t in await list_tenants(uow)]


async def set_contact(uow: UnitOfWork, tenant_id: str, phone: str) -> None:
    """Set the office's public number, mobile or landline; empty removes it. TenantNotFound, ContactInvalid."""
    kept = None
    if phone:
        try:
            number = phonenumbers.parse(phone, "IN")
        except phonenumbers.NumberParseException as error:
            raise ContactInvalid from error
        if number.country_code != 91 or not phonenumbers.is_possible_number(number):
            raise ContactInvalid
        normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        kept = (await encryption.cipher(uow, STATE)).seal(normal, f"tenant:{tenant_id}")
    done = await uow.session.execute(update(TenantRow).where(TenantRow.tenant_id == tenant_id).values(contact_sealed=kept).returning(TenantRow.tenant_id))
    if done.first() is None:
        raise TenantNotFound(tenant_id=tenant_id)
    uow.announce(TenantChanged(tenant_id=tenant_id, settings=("contact",)))


async def fetch_contact(uow: UnitOfWork, tenant_id: str) -> Contact:
    """The public contact of a village; an empty one for a village that is not in use."""
    row = (await uow.session.execute(select(TenantRow.office_name, TenantRow.contact_sealed).where(TenantRow.tenant_id == tenant_id))).first()
    if row is None:
        return Contact("", "")
    if row.contact_sealed is None:
        return Contact(row.office_name, "")
    return Contact(row.office_name, (await encryption.cipher(uow, STATE)).open(row.contact_sealed, f"tenant:{tenant_id}"))
