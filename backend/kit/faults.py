"""Named points where a test may kill, raise, stop or delay the process, to prove that nothing is lost there.

`FAULT=point:n:action` in the environment arms one point: at its n-th passing `action` happens: `kill`, `raise`, `stop`, or `sleep=seconds`.
Production refuses to start with it (`HouseSettings.faults_in_production`). Unarmed, a point costs one comparison.
"""

from __future__ import annotations

import os
import signal
import time

POINTS = (
    "intake.before_store",
    "intake.after_store",
    "turn.before_save",
    "turn.after_save",
    "call.before",
    "call.after",
    "delivery.before_send",
    "delivery.after_send",
    "payment.attempt_made",
    "payment.event_stored",
    "payment.before_status",
    "payment.before_post",
    "payment.before_commit",
    "payment.after_commit",
    "receipt.before_message",
)

_armed: tuple[str, int, str] | None = None
_passed = 0


class ArmedFault(Exception):
    """Raised by an armed point with the action `raise`."""


def arm(spec: str) -> None:
    """Arm from "point:n:action"; an unknown point is a ValueError, so that a renamed point can't silently stop being tested."""
    global _armed, _passed
    point, count, action = spec.split(":", 2)
    if point not in POINTS:
        raise ValueError(f"no fault point {point!r}")
    _armed, _passed = (point, int(count), action), 0


def faultpoint(point: str) -> None:
    """Pass a named point."""
    if _armed is not None and _armed[0] == point:
        _hit(_armed[1], _armed[2])


def _hit(count: int, action: str) -> None:
    global _passed
    _passed += 1
    if _passed != count:
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif action == "raise":
        raise ArmedFault
    elif action.startswith("sleep="):
        time.sleep(float(action.removeprefix("sleep=")))


if os.environ.get("FAULT"):
    arm(os.environ["FAULT"])
