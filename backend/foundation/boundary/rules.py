"""The register of villages, seen from above. Names are compared without regard to case and outer blanks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from backend.foundation import master_data


@dataclass(frozen=True)
class District:
    """A district and how many villages of it the register has. `codes`: the register has more than one for some."""

    name: str
    codes: tuple[str, ...]
    villages: int


@dataclass(frozen=True)
class Block:
    """A block of a district."""

    name: str
    district: str
    codes: tuple[str, ...]
    villages: int


def _same(a: str, b: str | None) -> bool:
    return b is None or a.casefold() == b.strip().casefold()


def _register() -> Iterator[master_data.Village]:
    return (v for v in master_data.villages().values() if v.tenant_id != master_data.STATE)


@cache
def districts() -> tuple[District, ...]:
    """Every district, by name."""
    codes: dict[str, list[str]] = {}
    for v in _register():
        codes.setdefault(v.district, []).append(v.district_code)
    return tuple(District(name, tuple(sorted(set(found))), len(found)) for name, found in sorted(codes.items()))


@cache
def _blocks() -> tuple[Block, ...]:
    codes: dict[tuple[str, str], list[str]] = {}
    for v in _register():
        codes.setdefault((v.district, v.block), []).append(v.block_code)
    return tuple(Block(name, district, tuple(sorted(set(found))), len(found)) for (district, name), found in sorted(codes.items()))


def blocks(district: str | None = None) -> list[Block]:
    """The blocks of a district, or all; empty for a district that is none."""
    return [b for b in _blocks() if _same(b.district, district)]


def district_of(tenant_id: str) -> str | None:
    """The district of a village, or None for the state and for what the register does not have."""
    found = master_data.village(tenant_id)
    return found.district or None if found else None


def divisions(district: str | None = None) -> list[str]:
    """The department's divisions that reach into a district, or all, by name."""
    return sorted({v.division for v in _register() if v.division and _same(v.district, district)})


def villages_in(district: str | None = None, block: str | None = None, division: str | None = None) -> list[str]:
    """Ids of the villages that lie in all of what is given, sorted."""
    return sorted(v.tenant_id for v in _register() if _same(v.district, district) and _same(v.block, block) and _same(v.division, division))
