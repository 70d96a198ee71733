"""`mgramseva user create-admin|set-password`. Passwords are typed at the prompt or come by standard input, never on the command line, which everybody sees."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from backend.cli import WRONG_CALL, open_house, refuse, run
from backend.foundation import access_control, master_data
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.office import user

users = typer.Typer(help="Staff accounts.", no_args_is_help=True)

ROLES = sorted(set(access_control.PERMISSIONS) - {"CITIZEN", "SUPERUSER"})
STATE_ROLES = ("DIV_ADMIN", "STADMIN")  # may be held in the whole state, too
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password's line from standard input, as happens by itself where that is no terminal.")]


def read_password(from_stdin: bool) -> str:
    """Typed twice without being shown, or one line of standard input."""
    if not from_stdin and sys.stdin.isatty():
        return str(typer.prompt(f"Password (at least {user.PASSWORD_MIN} characters)", hide_input=True, confirmation_prompt=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise refuse(["No password came by standard input."], code=WRONG_CALL)
    return password


def _wrong_calls(role: str | None, tenant: str | None, phone: str | None) -> list[str]:
    if role is None:
        return ["--tenant says where a role holds: say --role, too."] if tenant else []
    if role not in ROLES:
        return [f"--role: one of {', '.join(ROLES)}."]
    if not tenant or not phone:
        return ["A role belongs to a person in a village: say --tenant and --phone, too."]
    if tenant == master_data.STATE and role not in STATE_ROLES:
        return [f"{role} is a role of one village, not of the whole state."]
    return []


async def _make(uow: UnitOfWork, username: str, password: str, phone: str | None, full_name: str | None, held: tuple[str, str] | None) -> None:
    person_id = None
    if held and held[1] != master_data.STATE:
        await master_data.fetch_tenant(uow, held[1])
    if phone:
        person_id = (await user.register_person(uow, user.NewPerson(phone, full_name or username))).id
    if held and person_id:
        await user.grant_role(uow, person_id, held[1], held[0])
    await user.add_login(uow, username, password, person_id=person_id, superuser=held is None)


@users.command("create-admin")
def create_admin(
    username: Annotated[str, typer.Argument(metavar="NAME", help="What he signs in with.")],
    role: Annotated[str | None, typer.Option(help=f"One of {', '.join(ROLES)}; without it a superuser.")] = None,
    tenant: Annotated[str | None, typer.Option(help="The village where the role holds.")] = None,
    phone: Annotated[str | None, typer.Option(help="Whose login it is, as +91…")] = None,
    full_name: Annotated[str | None, typer.Option(help="The person's name, if the phone is not registered yet; else NAME.")] = None,
    password_stdin: FromStdin = False,
) -> None:
    """Make a login of the REST backend for a name that is free: a superuser, or a person's with a role in a village."""
    wrong = _wrong_calls(role, tenant, phone)
    if wrong:
        raise refuse(wrong, code=WRONG_CALL)
    password = read_password(password_stdin)
    held = (role, tenant) if role and tenant else None

    async def work() -> None:
        async with open_house() as house, house.open(SYSTEM) as uow:
            await _make(uow, username, password, phone, full_name, held)

    run(work())
    print(f"Admin made: {username}, {f'{role} of {tenant}' if held else 'superuser'}")


@users.command("set-password")
def set_password(username: Annotated[str, typer.Argument(metavar="NAME", help="Whose.")], password_stdin: FromStdin = False) -> None:
    """Give a login a new password; whoever is signed in by it is signed out, and a lock after wrong tries is taken away."""
    password = read_password(password_stdin)

    async def work() -> None:
        async with open_house() as house, house.open(SYSTEM) as uow:
            await user.set_password(uow, username, password)

    run(work())
    print(f"New password set: {username}")
