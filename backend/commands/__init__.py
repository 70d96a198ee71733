"""The backend's commands. `bot.cli` lists them under `mgramseva`; each opens the house, does one thing, and says what it did."""

from __future__ import annotations

from backend.cli import Command

COMMANDS = (
    Command("tenant", "backend.commands.tenants:tenants", "Villages in use."),
    Command("jobs", "backend.commands.jobs:jobs", "The queue."),
    Command("verify", "backend.commands.checks:verify", "Prove the invariants on the live data: each with its count. Exits 1 on a violation."),
    Command("check-config", "backend.commands.checks:check_config", "Read the settings and say every fault; print nothing secret."),
    Command("db", "backend.commands.database:db", "The database: upgrade, backup, restore."),
    Command("user", "backend.commands.users:users", "Staff accounts."),
    Command("seed", "backend.commands.seeding:seed", "Real villages and tariffs, invented households; deterministic."),
    Command("billing", "backend.commands.billing:billing", "Bulk demands."),
)
