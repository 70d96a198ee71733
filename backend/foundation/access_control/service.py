"""Roles of municipal.md 10 and their permissions, as "resource.verb"."""

from __future__ import annotations

from backend.kit.errors import Denied
from backend.kit.unit_of_work import Actor

READ = frozenset({"household.read", "bill.read", "payment.read", "self.write"})
PERMISSIONS: dict[str, frozenset[str]] = {
    "GP_ADMIN": READ | {"household.write", "work_item.read", "work_item.write", "billing_run.read"},
    "SARPANCH": READ | {"household.write", "work_item.read", "work_item.write", "billing_run.read"},
    "COLLECTION_OPERATOR": READ | {"payment.write"},
    "REVENUE_COLLECTOR": READ | {"payment.write"},
    "BULK_DEMAND_PROCESSING": READ | {"billing_run.read", "billing_run.write"},
    "DIV_ADMIN": READ | {"work_item.read", "billing_run.read"},
    "STADMIN": READ | {"work_item.read", "billing_run.read"},
    "CITIZEN": frozenset({"self.write"}),
    "SUPERUSER": READ | {"household.write", "payment.write", "billing_run.read", "billing_run.write", "work_item.read", "work_item.write"},
}


class AccessDenied(Denied):
    code, title = "access.denied", "Your role does not allow this here"


def permissions_of(actor: Actor, tenant_id: str | None = None) -> frozenset[str]:
    """What the actor may do in a village, or anywhere at all."""
    if actor.kind == "system":
        return frozenset().union(*PERMISSIONS.values())
    held = {r for r, t in actor.grants if tenant_id is None or t == tenant_id or tenant_id.startswith(t + ".")}
    return frozenset().union(*(PERMISSIONS.get(r, frozenset()) for r in held)) | {"self.write"} if held or actor.id else frozenset()


def require(actor: Actor, permission: str, tenant_id: str) -> None:
    """AccessDenied unless the actor may do it in that village."""
    if permission not in permissions_of(actor, tenant_id):
        raise AccessDenied(permission=permission)


def require_anywhere(actor: Actor, permission: str) -> None:
    """AccessDenied unless the actor may do it in some village."""
    if permission not in permissions_of(actor):
        raise AccessDenied(permission=permission)


def villages_with(actor: Actor, permission: str) -> list[str]:
    """The villages, or roots of villages, where the actor may do it."""
    return sorted({t for r, t in actor.grants if permission in PERMISSIONS.get(r, frozenset())})
