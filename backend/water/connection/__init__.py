"""Households' water connections: who holds them, who may see them, their numbers and meter readings.

Tables: connection, connection_holder, meter_reading. Announces connection.registered, connection.linked. Hears nothing.
The holder's name and house are sealed by the village's key. Names are searched by decrypting a village's, in memory (ADR 0002).
"""

from backend.water.connection.search import search
from backend.water.connection.service import (
    Connection,
    ConnectionNotFound,
    NewConnection,
    NewReading,
    NumberTaken,
    Reading,
    ReadingNotAllowed,
    fetch_connection,
    find_by_id,
    find_by_number,
    holders_of,
    link_person,
    list_of_person,
    list_page,
    list_village,
    may_see,
    readings_of,
    record_reading,
    record_readings,
    register_connection,
    register_connections,
    require_connection,
)

__all__ = [
    "Connection", "ConnectionNotFound", "NewConnection", "NewReading", "NumberTaken", "Reading", "ReadingNotAllowed", "fetch_connection", "find_by_id",
    "find_by_number", "holders_of", "link_person", "list_of_person", "list_page", "list_village", "may_see", "readings_of", "record_reading", "record_readings",
    "register_connection", "register_connections", "require_connection", "search",
]  # fmt: skip
