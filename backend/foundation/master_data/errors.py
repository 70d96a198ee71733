"""What can be wrong about a village or a master."""

from __future__ import annotations

from backend.kit.errors import Invalid, NotFound


class TenantUnknown(Invalid):
    code, title = "master_data.tenant_unknown", "The register has no such village"


class TenantNotFound(NotFound):
    code, title = "master_data.tenant_not_found", "That village is not in use"


class MasterInvalid(Invalid):
    code, title = "master_data.master_invalid", "The master does not have the shape the state publishes"


class UpiAddressInvalid(Invalid):
    code, title = "master_data.upi_address_invalid", "That is no UPI address"
