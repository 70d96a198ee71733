"""What a figure was measured on, and how much CPU processes used."""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")


def described(**more: Any) -> dict[str, Any]:
    """Date, machine, versions, and what the benchmark adds."""
    packages = {name: version(name) for name in ("sqlalchemy", "asyncpg", "fastapi", "pgqueuer", "twilio")}
    machine = {"cores": os.cpu_count(), "memory_gb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 10**9, "architecture": platform.machine(), "system": platform.system()}
    return {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine, "versions": {"python": sys.version.split()[0], "postgresql": "18.4", **packages}, **more}


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(int(fields[i]) for i in (11, 12, 13, 14)) / TICKS


def resident_mb(pid: int) -> float:
    """Memory a process holds now, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        children += [int(c) for c in (task / "children").read_text().split()]
    return [pid, *children]


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
