"""People: one per phone number, state-wide; their addresses on channels, villages, roles, and staff's sign-in.

Tables: person, person_address, person_village, role_grant, login, sign_in_try, login_session, login_session_spent. Announces user.address_joined,
user.person_erased, user.role_granted, user.role_revoked, user.login_set, user.session_stolen. Hears nothing.
A phone is sealed and found by its keyed hash; the same phone is the same person whatever the village. Roles are read anew with every request, so that
taking one away is felt at once.
"""

from backend.office.user.accounts import actor_of, add_login, create_login, refresh, set_password, sign_in, sign_in_with_otp, sign_out
from backend.office.user.errors import (
    PASSWORD_MIN,
    LoginLocked,
    LoginNotFound,
    NameInvalid,
    NameTaken,
    OtpNotEnough,
    PasswordTooLong,
    PasswordTooShort,
    PersonNotFound,
    PhoneInvalid,
    RoleUnknown,
    SignInRefused,
    TokenRefused,
)
from backend.office.user.rules import normal_phone
from backend.office.user.schemas import NewPerson, Person, Session
from backend.office.user.service import (
    add_village,
    erase_person,
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
    "PASSWORD_MIN", "LoginLocked", "LoginNotFound", "NameInvalid", "NameTaken", "NewPerson", "OtpNotEnough", "PasswordTooLong", "PasswordTooShort", "Person",
    "PersonNotFound", "PhoneInvalid", "RoleUnknown", "Session", "SignInRefused", "TokenRefused", "actor_of", "add_login", "add_village", "create_login",
    "erase_person", "fetch_person", "fetch_persons", "find_address", "find_person", "find_person_by_address", "find_person_by_phone", "grant_role", "grants_of",
    "join_address", "list_people_with_role", "normal_phone", "refresh", "register_person", "register_persons", "revoke_role", "set_locale", "set_password",
    "sign_in", "sign_in_with_otp", "sign_out", "villages_of",
]  # fmt: skip
