"""Where villages lie."""

from __future__ import annotations

from backend.foundation import boundary


def test_districts_and_blocks_hold_every_village_once() -> None:
    named = boundary.districts()
    assert len(named) == 24 and sum(d.villages for d in named) == 4348
    assert sum(b.villages for b in boundary.blocks()) == 4348
    for district in named:
        assert sum(b.villages for b in boundary.blocks(district.name)) == district.villages == len(boundary.villages_in(district.name))


def test_a_district_the_register_writes_under_two_codes_is_one() -> None:
    (found,) = [d for d in boundary.districts() if d.name == "SAS Nagar"]
    assert found.codes == ("D08", "D09") and found.villages == 115


def test_villages_by_place() -> None:
    bathinda = boundary.villages_in(" bathinda ")
    assert len(bathinda) == 155 and "pb.chakbakhtuhjgfei" in bathinda
    nathana = boundary.villages_in("Bathinda", "Nathana")
    assert set(nathana) < set(bathinda) and "pb.chakbakhtuhjgfei" in nathana
    assert boundary.villages_in("Moga", "Nathana") == []
    assert "Bathinda No. 1" in boundary.divisions("Bathinda") and "Bathinda No. 1" not in boundary.divisions("Moga")
    assert "pb.chakbakhtuhjgfei" in boundary.villages_in(division="Bathinda No. 1")


def test_the_district_of_a_village() -> None:
    assert boundary.district_of("pb.chakbakhtuhjgfei") == "Bathinda"
    assert boundary.district_of("pb") is None
    assert boundary.district_of("pb.nowhere") is None
