"""Roles of municipal.md 10 and their permissions, as "resource.verb". What no line grants is refused."""

from __future__ import annotations

from backend.kit.errors import Denied
from backend.kit.unit_of_work import Actor, UnitOfWork

STATE = "pb"
SELF = frozenset({"self.write"})  # what everybody who signed in may do with his own
READ = SELF | {"household.read", "bill.read", "payment.read"}
OFFICE = READ | {"household.write", "work_item.read", "work_item.write", "billing_run.read"}
PERMISSIONS: dict[str, frozenset[str]] = {
    "GP_ADMIN": OFFICE,
    "SARPANCH": OFFICE,
    "COLLECTION_OPERATOR": READ | {"payment.write"},
    "REVENUE_COLLECTOR": READ | {"payment.write"},
    "BULK_DEMAND_PROCESSING": READ | {"billing_run.read", "billing_run.write"},
    "DIV_ADMIN": READ | {"work_item.read", "billing_run.read"},
    "STADMIN": READ | {"work_item.read", "billing_run.read"},
    "CITIZEN": SELF,
    "SUPERUSER": OFFICE | {"payment.write", "billing_run.write"},
}
ALL = frozenset().union(*PERMISSIONS.values())


class AccessDenied(Denied):
    code, title = "access.denied", "Your role does not allow this here"


def covers(held_at: str, tenant_id: str) -> bool:
    """Whether a role held at one tenant holds at another: the same, or one below it ("pb" covers "pb.x", not "pbx")."""
    return held_at == tenant_id or tenant_id.startswith(held_at + ".")


def permissions_of(actor: Actor, tenant_id: str | None = None) -> frozenset[str]:
    """What the actor may do in a village, or with None in any village at all. The system may everything, nobody unknown anything."""
    if actor.kind == "system":
        return ALL
    held = {role for role, at in actor.grants if tenant_id is None or covers(at, tenant_id)}
    own = SELF if held or actor.id else frozenset()
    return own.union(*(PERMISSIONS.get(role, frozenset()) for role in held))


def require(uow: UnitOfWork, permission: str, tenant_id: str) -> None:
    """AccessDenied unless the unit's actor may do it in that very village. Check every village a request names: one that fits does not open the others."""
    if permission not in permissions_of(uow.actor, tenant_id):
        raise AccessDenied(permission=permission)


def require_anywhere(actor: Actor, permission: str) -> None:
    """AccessDenied unless the actor may do it in some village: a door's first check, never the last."""
    if permission not in permissions_of(actor):
        raise AccessDenied(permission=permission)


def villages_with(actor: Actor, permission: str) -> list[str]:
    """The villages, or roots of villages, where the actor may do it: `["pb"]` means all."""
    if actor.kind == "system":
        return [STATE]
    return sorted({at for role, at in actor.grants if permission in PERMISSIONS.get(role, frozenset())})
