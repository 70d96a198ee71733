"""The API gateway: the REST door. One FastAPI application under /api/v1 that knows who asks, what he may, how often, and how errors look.

Rooms bring their paths in `routes.py`; `rest` is the list of them. Nothing imports the gateway but the composition root.
"""

from backend.gateway.rest import make_rest

__all__ = ["make_rest"]
