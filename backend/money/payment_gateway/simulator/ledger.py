"""What the simulator holds: orders and payments, in memory and, given a path, in a file that survives its process."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from backend.kit.clock import system_clock

FaultKind = Literal["none", "late", "twice", "out_of_order", "wrong_amount", "timeout_after_success", "fails_then_succeeds", "silent"]


@dataclass
class Fault:
    """How the next payment misbehaves. `off_by` paise for a wrong amount, `ms` for a late or slow one; `silent`: its webhook is lost."""

    kind: FaultKind = "none"
    off_by: int = 1
    ms: int = 2_000


@dataclass
class SimulatedPayment:
    """Money that a person paid, or tried to. `paid_at` in ISO 8601; empty for what an older file holds."""

    payment_id: str
    amount_paise: int
    status: Literal["captured", "failed", "pending"]
    mode: str
    paid_at: str = ""


@dataclass
class Order:
    """What is known of one of the merchant's references."""

    reference: str
    amount_paise: int
    mode: str = "UPI"
    return_url: str = ""
    locale: str = "en"
    payments: list[SimulatedPayment] = field(default_factory=list)

    @property
    def status(self) -> str:
        """captured, pending, failed or none."""
        kinds = {p.status for p in self.payments}
        return next((s for s in ("captured", "pending", "failed") if s in kinds), "none")


class Ledger:
    """Orders by reference. `save` after each change writes the file, if there is one, whole and atomically."""

    def __init__(self, path: Path | None = None) -> None:
        self.orders: dict[str, Order] = {}
        self.faults: list[Fault] = []
        self._path = path
        if path is not None and path.exists():
            for row in json.loads(path.read_text()):
                payments = [SimulatedPayment(**p) for p in row.pop("payments")]
                self.orders[row["reference"]] = Order(**row, payments=payments)

    def save(self) -> None:
        """Write everything to the file."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps([asdict(o) for o in self.orders.values()]))
        draft.replace(self._path)

    def order(self, reference: str, amount_paise: int, mode: str, return_url: str, locale: str) -> Order:
        """The order of a reference; a repeat finds the first."""
        if reference not in self.orders:
            self.orders[reference] = Order(reference, amount_paise, mode, return_url, locale)
            self.save()
        return self.orders[reference]

    def pay(self, reference: str, amount_paise: int, mode: str, status: Literal["captured", "failed", "pending"]) -> SimulatedPayment:
        """Put a payment on a reference; one that no order was made for is a UPI payment by its `tr`."""
        order = self.orders.setdefault(reference, Order(reference, amount_paise, "UPI"))
        paid = SimulatedPayment(f"{secrets.randbelow(10**12):012d}", amount_paise, status, mode, system_clock().isoformat())
        order.payments.append(paid)
        self.save()
        return paid

    def next_fault(self) -> Fault:
        """The scripted fault for the payment that is being made."""
        return self.faults.pop(0) if self.faults else Fault()

    @property
    def captured_paise(self) -> int:
        """Everything it holds for the merchant."""
        return sum(p.amount_paise for o in self.orders.values() for p in o.payments if p.status == "captured")
