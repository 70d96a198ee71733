"""Who am I, by REST."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from backend.kit.doors import Unit, permit

router = APIRouter(tags=["me"])


class Me(BaseModel):
    """The caller and the roles he holds, as (role, village)."""

    id: UUID | None
    kind: str
    roles: list[tuple[str, str]]


@router.get("/me", openapi_extra=permit("self.write"), summary="Who am I")
async def me(uow: Unit) -> Me:
    """Of the bearer token."""
    return Me(id=uow.actor.id, kind=uow.actor.kind, roles=sorted(uow.actor.grants))
