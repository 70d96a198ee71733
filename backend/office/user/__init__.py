"""People: one per phone number, state-wide; their addresses on channels, villages, roles, and staff's sign-in.

Tables: person, person_address, person_village, role_grant, login, login_session. Announces user.role_granted, user.role_revoked. Hears nothing.
A phone is sealed and found by its keyed hash; the same phone is the same person whatever the village.
"""

from backend.office.user.accounts import LoginLocked, Session, SignInRefused, TokenRefused, actor_of, create_login, refresh, sign_in, sign_in_with_otp, sign_out
from backend.office.user.service import (
    NewPerson,
    Person,
    PersonNotFound,
    PhoneInvalid,
    add_village,
    fetch_person,
    fetch_persons,
    find_address,
    find_person,
    find_person_by_address,
    find_person_by_phone,
    grant_role,
    grants_of,
    join_address,
    list_people_with_role,
    register_person,
    register_persons,
    revoke_role,
    set_locale,
    villages_of,
)

__all__ = [
    "LoginLocked", "NewPerson", "Person", "PersonNotFound", "PhoneInvalid", "Session", "SignInRefused", "TokenRefused", "actor_of", "add_village", "create_login",
    "fetch_person", "fetch_persons", "find_address", "find_person", "find_person_by_address", "find_person_by_phone", "grant_role", "grants_of", "join_address",
    "list_people_with_role", "refresh", "register_person", "register_persons", "revoke_role", "set_locale", "sign_in", "sign_in_with_otp", "sign_out", "villages_of",
]  # fmt: skip
