"""What can be wrong about a work item."""

from __future__ import annotations

from backend.kit.errors import NotFound


class WorkItemNotFound(NotFound):
    code, title = "workflow.work_item_not_found", "There is no such work item"
