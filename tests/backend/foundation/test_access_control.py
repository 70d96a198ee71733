"""Every role against every permission, in the own village, another, and the state."""

from __future__ import annotations

from uuid import uuid4

import pytest

from backend.foundation import access_control, master_data
from backend.kit.unit_of_work import ANONYMOUS, SYSTEM, Actor, UnitOfWork

OWN, OTHER = "pb.a", "pb.ab"  # one name begins with the other: a prefix must not open it
EVERY = frozenset().union(*access_control.PERMISSIONS.values())
EXPECTED = {
    "GP_ADMIN": {"household.write", "work_item.read", "work_item.write", "billing_run.read"},
    "SARPANCH": {"household.write", "work_item.read", "work_item.write", "billing_run.read"},
    "COLLECTION_OPERATOR": {"payment.write"},
    "REVENUE_COLLECTOR": {"payment.write"},
    "BULK_DEMAND_PROCESSING": {"billing_run.read", "billing_run.write"},
    "DIV_ADMIN": {"work_item.read", "billing_run.read"},
    "STADMIN": {"work_item.read", "billing_run.read"},
    "CITIZEN": set[str](),
    "SUPERUSER": set(EVERY),
}
READ = {"household.read", "bill.read", "payment.read"}


def actor(*grants: tuple[str, str]) -> Actor:
    """Somebody signed in with these roles."""
    return Actor("employee", uuid4(), (), frozenset(grants))


@pytest.mark.parametrize("role", access_control.PERMISSIONS)
def test_a_role_may_what_the_table_says_and_only_there(role: str) -> None:
    expected = EXPECTED[role] | {"self.write"} | (READ if role != "CITIZEN" else set())
    assert access_control.permissions_of(actor((role, OWN)), OWN) == expected
    assert access_control.permissions_of(actor((role, "pb")), OWN) == expected
    assert access_control.permissions_of(actor((role, OWN)), OTHER) == {"self.write"}
    assert access_control.permissions_of(actor((role, OWN)), "pb") == {"self.write"}


def test_every_role_is_one_of_the_masters() -> None:
    assert set(access_control.PERMISSIONS) <= master_data.roles()


def test_a_role_nobody_listed_may_nothing() -> None:
    assert access_control.permissions_of(actor(("MADE_UP", "pb")), OWN) == {"self.write"}


def test_nobody_and_the_system() -> None:
    assert access_control.permissions_of(ANONYMOUS) == frozenset()
    assert access_control.permissions_of(SYSTEM, OWN) == EVERY
    assert access_control.villages_with(SYSTEM, "bill.read") == ["pb"]


def test_where_an_actor_may() -> None:
    both = actor(("COLLECTION_OPERATOR", "pb.b"), ("GP_ADMIN", "pb.a"))
    assert access_control.villages_with(both, "payment.write") == ["pb.b"]
    assert access_control.villages_with(both, "bill.read") == ["pb.a", "pb.b"]
    access_control.require_anywhere(both, "payment.write")
    with pytest.raises(access_control.AccessDenied):
        access_control.require_anywhere(both, "billing_run.write")


async def test_requiring_in_the_very_village(uow: UnitOfWork) -> None:
    access_control.require(uow, "payment.write", OWN)  # the system
    uow.actor = actor(("COLLECTION_OPERATOR", OWN))
    access_control.require(uow, "payment.write", OWN)
    for permission, tenant_id in (("payment.write", OTHER), ("household.write", OWN), ("payment.write", "pb")):
        with pytest.raises(access_control.AccessDenied) as refused:
            access_control.require(uow, permission, tenant_id)
        assert refused.value.code == "access.denied"
