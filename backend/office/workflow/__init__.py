"""Work items: what a person of the office must look at, with a number to ask by.

Tables: work_item. Announces workflow.work_item_opened, workflow.work_item_closed. Hears nothing.
"""

from backend.office.workflow.service import NewWorkItem, WorkItem, WorkItemNotFound, close_work_item, fetch_work_item, list_work_items, open_work_item

__all__ = ["NewWorkItem", "WorkItem", "WorkItemNotFound", "close_work_item", "fetch_work_item", "list_work_items", "open_work_item"]
