"""Demands and bills: what a connection owes, line by line, and the snapshot that is shown.

Tables: demand, demand_line, allocation, advance, advance_entry, bill. Announces billing.demands_posted (one per chunk). Hears nothing.
A line is never negative and never overpaid; money paid ahead is a balance of its own and is used up by the next demand, oldest line first. A bill is
never changed: when dues change, the next one supersedes it.
"""

from backend.money.billing.service import (
    NOTHING_DUE,
    Bill,
    BillLine,
    Dues,
    ExplainedLine,
    NewDemand,
    NewLine,
    Posted,
    advance_of,
    apply_allocation,
    current_bill,
    dues,
    explain,
    find_bill,
    issue_bills,
    open_lines,
    post_advance,
    post_demands,
    read_bill,
)

__all__ = [
    "NOTHING_DUE", "Bill", "BillLine", "Dues", "ExplainedLine", "NewDemand", "NewLine", "Posted", "advance_of", "apply_allocation", "current_bill", "dues", "explain",
    "find_bill", "issue_bills", "open_lines", "post_advance", "post_demands", "read_bill",
]  # fmt: skip
