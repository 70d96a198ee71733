"""Masters: villages, tariffs, tax heads, id formats, billing periods, penalties, roles; and which villages are in use.

Tables: tenant, master_override. Announces master_data.tenant_created, master_data.tenant_changed, master_data.master_changed. Hears nothing.
The state's masters are committed files (see punjab/README.md), read once a process; what changes here stands in dated rows over them, so that an old
bill can always be explained by the rates of its day. A village in use has a row with its own settings.
"""

from backend.foundation.master_data.errors import MasterInvalid, TenantNotFound, TenantUnknown, UpiAddressInvalid
from backend.foundation.master_data.masters import (
    STATE,
    BillingPeriod,
    Penalty,
    Slab,
    SlabStep,
    TaxHead,
    Village,
    billing_period,
    expense_types,
    id_format,
    part_payment_allowed,
    penalty_rule,
    roles,
    tariff_plan,
    tax_head,
    tax_heads,
    village,
    village_name,
    villages,
)
from backend.foundation.master_data.overrides import override_master, penalty_in_force, tariff_in_force
from backend.foundation.master_data.service import (
    Contact,
    ContactInvalid,
    Tenant,
    TenantChange,
    change_tenant,
    create_tenant,
    fetch_contact,
    fetch_tenant,
    find_tenants,
    list_tenants,
    set_contact,
)

__all__ = [
    "STATE", "BillingPeriod", "Contact", "ContactInvalid", "MasterInvalid", "Penalty", "Slab", "SlabStep", "TaxHead", "Tenant", "TenantChange", "TenantNotFound",
    "TenantUnknown", "UpiAddressInvalid", "Village", "billing_period", "change_tenant", "create_tenant", "expense_types", "fetch_contact", "fetch_tenant",
    "find_tenants", "id_format", "list_tenants", "override_master", "part_payment_allowed", "penalty_in_force", "penalty_rule", "roles", "set_contact",
    "tariff_in_force", "tariff_plan", "tax_head", "tax_heads", "village", "village_name", "villages",
]  # fmt: skip
