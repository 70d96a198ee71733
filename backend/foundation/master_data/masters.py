"""The state's masters as values, read once from the committed files. Rates stay decimal rupees as published; minimum charges are money."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from backend.kit.money import Money

FOLDER = Path(__file__).parent / "punjab"
STATE = "pb"


@dataclass(frozen=True)
class Village:
    """A village of the register, with its place in the department's hierarchy."""

    tenant_id: str
    name: str
    district: str
    district_code: str
    block: str
    block_code: str
    code: str
    division: str
    subdivision: str
    section: str


@dataclass(frozen=True)
class TaxHead:
    """A tax head of water: `order` breaks ties when a payment is apportioned."""

    code: str
    name: str
    category: str
    order: int


@dataclass(frozen=True)
class SlabStep:
    """Units above `start` up to `end` cost `rate` rupees each."""

    start: Decimal
    end: Decimal
    rate: Decimal


@dataclass(frozen=True)
class Slab:
    """What a kind of building pays: `attribute` is "Flat" or "Water consumption"."""

    building: str
    metered: bool
    attribute: str
    minimum: Money
    steps: tuple[SlabStep, ...]


@dataclass(frozen=True)
class BillingPeriod:
    """How often a kind of connection is billed, and how long a bill may wait without penalty."""

    metered: bool
    cycle: str
    due_after: timedelta


@dataclass(frozen=True)
class Penalty:
    """A penalty master: `kind` FIXED (rate per cent) or FLAT (amount), `base` what it is taken of (municipal.md 2.7)."""

    kind: str
    base: str
    rate: Decimal
    amount: Money
    after_days: int
    valid_from: date


def _master(name: str, key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((FOLDER / "masters" / f"{name}.json").read_text())[key]
    return rows


@cache
def villages() -> dict[str, Village]:
    """Every village of the state by tenant id, the state itself included."""
    with (FOLDER / "villages.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        r["tenantId"]: Village(
            r["tenantId"],
            r["name"].title(),
            r["district"],
            r["districtCode"],
            r["blockName"],
            r["blockCode"],
            r["villageCode"],
            r["division"],
            r["subdivision"],
            r["section"],
        )  # fmt: skip
        for r in rows
    }


def village(tenant_id: str) -> Village | None:
    """A village of the register, or None."""
    return villages().get(tenant_id)


def village_name(tenant_id: str, locale: str = "en") -> str:
    """The village's name as the register writes it; the register has one form for all languages."""
    found = village(tenant_id)
    return found.name if found else tenant_id


@cache
def _tax_heads() -> dict[str, TaxHead]:
    rows = [r for r in _master("TaxHeadMaster", "TaxHeadMaster") if r["service"] == "WS"]
    return {r["code"]: TaxHead(r["code"], r["name"], r["category"], int(r["order"])) for r in rows}


def tax_heads() -> tuple[TaxHead, ...]:
    """Every tax head of water, by order and code."""
    return tuple(sorted(_tax_heads().values(), key=lambda h: (h.order, h.code)))


def tax_head(code: str) -> TaxHead:
    """A tax head of water; KeyError for a code that is none."""
    return _tax_heads()[code]


@cache
def id_format(name: str) -> str:
    """The format of an id by its master's name, such as "waterservice.connection.id"."""
    return {r["idname"]: str(r["format"]) for r in _master("IdFormat", "IdFormat")}[name]


@cache
def billing_period(metered: bool) -> BillingPeriod:
    """The active billing period of metered or flat connections."""
    wanted = "Metered" if metered else "Non_Metered"
    row = next(r for r in _master("billingPeriod", "billingPeriod") if r["active"] and r["connectionType"] == wanted)
    return BillingPeriod(metered, row["billingCycle"], timedelta(milliseconds=row["demandExpiryDate"]))


@cache
def part_payment_allowed() -> bool:
    """Whether less than the total may be paid for water (BusinessService WS)."""
    return bool(next(r for r in _master("BusinessService", "BusinessService") if r["code"] == "WS")["partPaymentAllowed"])


@cache
def expense_types() -> tuple[str, ...]:
    """Codes of the scheme's own spending."""
    return tuple(r["code"] for r in _master("ExpenseType", "ExpenseType") if r["active"])


@cache
def roles() -> frozenset[str]:
    """Every role code of the state."""
    return frozenset(r["code"] for r in _master("roles", "roles"))


@cache
def _plans() -> dict[str, tuple[Slab, ...]]:
    plans = json.loads((FOLDER / "tariff_plans.json").read_text(), parse_float=Decimal, parse_int=Decimal)
    return {str(p["plan"]): tuple(slab_of(s) for s in p["slabs"]) for p in plans}


def slab_of(row: dict[str, Any]) -> Slab:
    """A slab from the shape the masters publish; KeyError, ValueError or ArithmeticError for another."""
    steps = tuple(SlabStep(Decimal(str(s["from"])), Decimal(str(s["to"])), Decimal(str(s["charge"]))) for s in row["slabs"])
    return Slab(row["buildingType"], row["connectionType"] == "Metered", row["calculationAttribute"], Money.rupees(str(row["minimumCharge"])), steps)


@cache
def _plan_of_village() -> dict[str, str]:
    with (FOLDER / "village_tariff_plan.csv").open(newline="") as file:
        return {row[0]: row[1] for row in csv.reader(file)}


def tariff_plan(tenant_id: str) -> tuple[Slab, ...]:
    """The village's slabs as published; empty when the register has no plan for it. What is in force is `tariff_in_force`."""
    return _plans().get(_plan_of_village().get(tenant_id, ""), ())


@cache
def _penalties() -> dict[str, list[Penalty]]:
    found = {STATE: [penalty_of(r) for r in _master("Penalty", "Penalty")]}
    with (FOLDER / "penalty_overrides.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["branch"] == "master" and row["master"] == "Penalty":
                found.setdefault(row["tenantId"], []).append(penalty_of(json.loads(row["entry_json"], parse_float=Decimal)))
    return found


def penalty_of(row: dict[str, Any]) -> Penalty:
    """A penalty from the shape the masters publish; KeyError, ValueError or ArithmeticError for another."""
    day, month, year = (int(p) for p in row["startingDay"].split("/"))
    amount = Money.rupees(Decimal(str(row["amount"] or 0)))
    return Penalty(str(row["type"]).upper(), row["subType"], Decimal(str(row["rate"] or 0)), amount, int(row["applicableAfterDays"]), date(year, month, day))


def penalty_rule(tenant_id: str, on: date, *, own: bool = False) -> Penalty | None:
    """The published penalty on a day, the newest that has begun: the village's, else the state's unless only its `own` is asked for."""
    levels = (tenant_id,) if own else (tenant_id, STATE)
    begun = next((found for level in levels if (found := [p for p in _penalties().get(level, []) if p.valid_from <= on])), [])
    return max(begun, key=lambda p: p.valid_from, default=None)
