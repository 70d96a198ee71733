"""What each role may do, and the check of it.

No tables. Announces nothing, hears nothing. A role holds in its village and in all below it ("pb" covers every village); SUPERUSER holds everything.
Permissions are verbs on resources, not addresses as in the original, so that a new door can't open a room by another path.
"""

from backend.foundation.access_control.service import PERMISSIONS, AccessDenied, permissions_of, require, require_anywhere, villages_with

__all__ = ["PERMISSIONS", "AccessDenied", "permissions_of", "require", "require_anywhere", "villages_with"]
