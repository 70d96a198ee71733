"""Masters: villages, tariffs, tax heads, id formats, billing periods, penalties, roles; and which villages are in use.

Tables: tenant. Announces nothing, hears nothing. The state's masters are committed files (see punjab/README.md), read once a process; a village in
use has a row with its own settings.
"""

from backend.foundation.master_data.masters import (
    STATE,
    BillingPeriod,
    Penalty,
    Slab,
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
    village,
    village_name,
    villages,
)
from backend.foundation.master_data.service import (
    Contact,
    Tenant,
    TenantNotFound,
    TenantUnknown,
    create_tenant,
    fetch_contact,
    fetch_tenant,
    find_tenants,
    list_tenants,
    set_contact,
)

__all__ = [
    "STATE", "BillingPeriod", "Contact", "Penalty", "Slab", "TaxHead", "Tenant", "TenantNotFound", "TenantUnknown", "Village", "billing_period", "create_tenant",
    "expense_types", "fetch_contact", "fetch_tenant", "find_tenants", "id_format", "list_tenants", "part_payment_allowed", "penalty_rule", "roles", "set_contact",
    "tariff_plan", "tax_head", "village", "village_name", "villages",
]  # fmt: skip
