"""What can be wrong about people and signing in."""

from __future__ import annotations

from backend.kit.errors import Conflict, Denied, Invalid, NotFound, Unauthenticated

PASSWORD_MIN = 15  # ASVS 5.0 6.2.1 for staff


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


class OtpNotEnough(Denied):
    code, title = "user.otp_not_enough", "This account signs in with its password"
