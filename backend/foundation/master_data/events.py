"""What is announced of masters."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from backend.kit.announcements import Fact


class TenantCreated(Fact):
    """A village was taken into use."""

    topic: ClassVar[str] = "master_data.tenant_created"


class TenantChanged(Fact):
    """A village's own settings changed; `settings` names them."""

    topic: ClassVar[str] = "master_data.tenant_changed"
    settings: tuple[str, ...]


class MasterChanged(Fact):
    """A master of a village, or of the state, is another one from a day on."""

    topic: ClassVar[str] = "master_data.master_changed"
    kind: str
    valid_from: date
