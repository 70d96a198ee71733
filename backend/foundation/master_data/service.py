"""Villages in use."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from backend.foundation import encryption
from backend.foundation.master_data.masters import STATE, village
from backend.foundation.master_data.models import TenantRow
from backend.kit.errors import Invalid, NotFound
from backend.kit.unit_of_work import UnitOfWork


class TenantUnknown(Invalid):
    code, title = "master_data.tenant_unknown", "The register has no such village"


class TenantNotFound(NotFound):
    code, title = "master_data.tenant_not_found", "That village is not in use"


@dataclass(frozen=True)
class Contact:
    """The village's public contact; either may be empty."""

    office_name: str
    phone: str


@dataclass(frozen=True)
class Tenant:
    """A village in use. `upi_vpa` empty: the deployment's default."""

    tenant_id: str
    upi_vpa: str
    office_name: str


async def create_tenant(uow: UnitOfWork, tenant_id: str) -> Tenant:
    """Take a village of the register into use; again is no error."""
    found = village(tenant_id)
    if found is None or tenant_id == STATE:
        raise TenantUnknown(tenant_id=tenant_id)
    office = f"Gram Panchayat {found.name}"
    await uow.session.execute(insert(TenantRow).values(tenant_id=tenant_id, office_name=office, created_at=uow.now).on_conflict_do_nothing())
    return await fetch_tenant(uow, tenant_id)


async def fetch_tenant(uow: UnitOfWork, tenant_id: str) -> Tenant:
    """The village in use, or TenantNotFound."""
    row = (await uow.session.execute(select(TenantRow.tenant_id, TenantRow.upi_vpa, TenantRow.office_name).where(TenantRow.tenant_id == tenant_id))).first()
    if row is None:
        raise TenantNotFound(tenant_id=tenant_id)
    return Tenant(*row)


async def list_tenants(uow: UnitOfWork, district: str | None = None) -> list[Tenant]:
    """Villages in use, of one district or all, by id."""
    rows = await uow.session.execute(select(TenantRow.tenant_id, TenantRow.upi_vpa, TenantRow.office_name).order_by(TenantRow.tenant_id))
    found = [Tenant(*row) for row in rows]
    return [t for t in found if district is None or (v := village(t.tenant_id)) and v.district.casefold() == district.casefold()]


async def find_tenants(uow: UnitOfWork) -> list[str]:
    """Ids of the villages in use."""
    return [t.tenant_id for t in await list_tenants(uow)]


async def set_contact(uow: UnitOfWork, tenant_id: str, phone: str) -> None:
    """Set the office's public number."""
    cipher = await encryption.cipher(uow, STATE)
    await uow.session.execute(update(TenantRow).where(TenantRow.tenant_id == tenant_id).values(contact_sealed=cipher.seal(phone, f"tenant:{tenant_id}")))


async def fetch_contact(uow: UnitOfWork, tenant_id: str) -> Contact:
    """The public contact of a village; the state's, without a number, for one not in use."""
    row = (await uow.session.execute(select(TenantRow.office_name, TenantRow.contact_sealed).where(TenantRow.tenant_id == tenant_id))).first()
    if row is None:
        return Contact("", "")
    cipher = await encryption.cipher(uow, STATE)
    return Contact(row.office_name, cipher.open(row.contact_sealed, f"tenant:{tenant_id}") if row.contact_sealed else "")
