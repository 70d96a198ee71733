"""Billing runs: a village's demands of a month, connection by connection, each with its result.

Tables: billing_run, billing_outcome. Announces billing_run.chunk_billed. Hears nothing; its job bills one chunk.
The month is fixed when the run is made. A run may be repeated and resumed: who has a demand for the month keeps it. What can't be billed is listed
with its reason, and the rest is billed.
"""

from backend.water.billing_run.service import (
    Failure,
    Outcome,
    Preview,
    Run,
    RunNotFound,
    bill_chunk,
    fetch_run,
    list_failures,
    list_outcomes,
    list_runs,
    preview_run,
    run_now,
    start_run,
)

__all__ = [
    "Failure", "Outcome", "Preview", "Run", "RunNotFound", "bill_chunk", "fetch_run", "list_failures", "list_outcomes", "list_runs", "preview_run", "run_now",
    "start_run",
]  # fmt: skip
