"""Money as integer paise with a currency. There is no float anywhere near it.

`Money` compares, adds and subtracts within one currency, multiplies by integers, and travels through pydantic and JSON as its integer paise.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount in paise (1/100 rupee). Negative amounts are credits. Mixing currencies raises ValueError, non-integers TypeError."""

    paise: int
    currency: str = "INR"

    def __post_init__(self) -> None:
        if type(self.paise) is not int:
            raise TypeError("paise must be an int")

    @classmethod
    def rupees(cls, amount: int | str | Decimal) -> Money:
        """Exact rupees ("12.34", 80, Decimal) as money; more than two decimals raise ValueError."""
        paise = Decimal(amount) * 100
        if paise != paise.to_integral_value():
            raise ValueError("an amount has at most two decimals")
        return cls(int(paise))

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.paise + other.paise, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.paise - other.paise, self.currency)

    def __mul__(self, factor: int) -> Money:
        return Money(self.paise * factor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.paise, self.currency)

    def __bool__(self) -> bool:
        return self.paise != 0

    def percent(self, rate: Decimal) -> Money:
        """`rate` per cent of this, rounded half up to a whole paisa."""
        return Money(int((self.paise * rate / 100).quantize(Decimal(1), ROUND_HALF_UP)), self.currency)

    def rounded_to_rupee(self) -> Money:
        """The nearest whole rupee, half a rupee rounded away from zero (WS_Round_Off)."""
        return Money(int((Decimal(self.paise) / 100).quantize(Decimal(1), ROUND_HALF_UP)) * 100, self.currency)

    @property
    def is_whole_rupees(self) -> bool:
        """True when no paise are left over: what cash must be."""
        return self.paise % 100 == 0

    def decimal_text(self) -> str:
        """Plain rupees with two decimals for machines: "80.00" (UPI `am`, CSV)."""
        return str((Decimal(self.paise) / 100).quantize(Decimal("0.01")))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from_int = core_schema.no_info_after_validator_function(cls, core_schema.int_schema(strict=True))
        return core_schema.json_or_python_schema(
            json_schema=from_int,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_int]),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda m: m.paise, return_schema=core_schema.int_schema()),
        )


ZERO = Money(0)


def total(amounts: list[Money] | tuple[Money, ...]) -> Money:
    """The sum of amounts, zero for none."""
    result = ZERO
    for amount in amounts:
        result = result + amount
    return result
