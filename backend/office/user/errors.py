"""What can be wrong about people and signing in."""

from __future__ import annotations

from backend.kit.errors import Conflict, Denied, Invalid, NotFound, Unauthenticated

PASSWORD_MIN = 15  # ASVS 5.0 6.2.1 for staff
PASSWORD_MAX, NAME_MAX = 200, 100  # what the door for signing in takes


class PersonNotFound(NotFound):
    code, title = "user.person_not_found", "There is no such person"


class PhoneInvalid(Invalid):
    code, title = "user.phone_invalid", "That is not an Indian mobile number"


class RoleUnknown(Invalid):
    code, title = "user.role_unknown", "There is no such role"


class SignInRefused(Unauthenticated):
    code, title = "user.sign_in_refused", "Wrong name or password"


class LoginLocked(Conflict):
    code, title = "user.login_locked", "Too many wrong tries; wait an hour"


class TokenRefused(Unauthenticated):
    code, title = "user.token_refused", "The token is not valid any more"


class PasswordTooShort(Invalid):
    code, title = "user.password_too_short", f"A password has at least {PASSWORD_MIN} characters"


class PasswordTooLong(Invalid):
    code, title = "user.password_too_long", f"A password has at most {PASSWORD_MAX} characters"


class NameTaken(Conflict):
    code, title = "user.name_taken", "There is a login of that name already"


class NameInvalid(Invalid):
    code, title = "user.name_invalid", f"A login's name has 1 to {NAME_MAX} characters that can be seen"


class LoginNotFound(NotFound):
    code, title = "user.login_not_found", "There is no login of that name"


class OtpNotEnough(Denied):
    code, title = "user.otp_not_enough", "This account signs in with its password"
