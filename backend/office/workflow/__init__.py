"""Work items: what a person of the office must look at, with a number to ask by.

Tables: work_item. Announces workflow.work_item_opened, workflow.work_item_closed. Hears nothing. What people wrote is sealed by the village's key; the
facts carry ids and categories only.
"""

from backend.office.workflow.errors import WorkItemNotFound
from backend.office.workflow.schemas import NewWorkItem, WorkItem
from backend.office.workflow.service import close_work_item, fetch_work_item, list_work_items, open_work_item, still_open

__all__ = ["NewWorkItem", "WorkItem", "WorkItemNotFound", "close_work_item", "fetch_work_item", "list_work_items", "open_work_item", "still_open"]
