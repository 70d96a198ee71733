"""The REST backend through its application: sign-in, permissions, villages, households, bills, payments, billing runs, problems."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from backend.demo import VILLAGES, seed
from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM
from backend.main import make_backend
from backend.office import user
from backend.water import billing_run

ADMIN, PASSWORD = "admin", "a long enough password"


@dataclass
class Rest:
    """A client of the application, signed in as the superuser."""

    house: House
    web: httpx2.AsyncClient
    headers: dict[str, str]

    async def get(self, path: str, **more: Any) -> httpx2.Response:
        return await self.web.get(f"/api/v1{path}", headers=self.headers, **more)

    async def post(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        return await self.web.post(f"/api/v1{path}", json=body, headers={**self.headers, **headers})


@pytest.fixture
async def rest(live_house: House) -> AsyncIterator[Rest]:
    await seed(live_house, 2, 12, 2)
    async with live_house.open(SYSTEM) as uow:
        await user.create_login(uow, ADMIN, PASSWORD, superuser=True)
        collector = await user.find_person_by_phone(uow, "+919000000101")
        assert collector is not None
        await user.create_login(uow, "collector", PASSWORD, person_id=collector.id)
    transport = httpx2.ASGITransport(app=make_backend(live_house))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as web:
        yield Rest(live_house, web, await _sign_in(web, ADMIN))


async def _sign_in(web: httpx2.AsyncClient, name: str) -> dict[str, str]:
    answer = await web.post("/api/v1/auth/token", data={"grant_type": "password", "username": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def test_nothing_without_a_token_and_nothing_with_a_wrong_one(rest: Rest) -> None:
    answer = await rest.web.get(f"/api/v1/villages/{VILLAGES[0]}/households")
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.token_missing")
    answer = await rest.web.get("/api/v1/me", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    answer = await rest.web.post("/api/v1/auth/token", data={"grant_type": "password", "username": ADMIN, "password": "wrong"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


async def test_a_refresh_token_works_once_and_signing_out_ends_it(rest: Rest) -> None:
    first = (await rest.web.post("/api/v1/auth/token", data={"grant_type": "password", "username": ADMIN, "password": PASSWORD})).json()
    fresh = await rest.web.post("/api/v1/auth/token", data={"grant_type": "refresh_token", "refresh_token": first["refresh_token"]})
    assert fresh.status_code == 200
    again = await rest.web.post("/api/v1/auth/token", data={"grant_type": "refresh_token", "refresh_token": first["refresh_token"]})
    assert again.status_code == 401
    assert (await rest.web.post("/api/v1/auth/sign-out", headers=rest.headers)).status_code == 204
    assert (await rest.get("/me")).status_code == 401


async def test_households_are_paged_searched_and_registered(rest: Rest) -> None:
    village = f"/villages/{VILLAGES[0]}"
    first = (await rest.get(f"{village}/households", params={"limit": 5})).json()
    assert len(first["items"]) == 5
    rest_of = (await rest.get(f"{village}/households", params={"limit": 500, "cursor": first["next_cursor"]})).json()
    assert len(rest_of["items"]) == 7
    assert not {h["id"] for h in first["items"]} & {h["id"] for h in rest_of["items"]}
    found = (await rest.get(f"{village}/households", params={"q": "rameesh"})).json()["items"]
    assert found[0]["holder_name"] == "Ramesh Kumar"
    new = {"holder_name": "Kulwant Kaur", "phone": "+919000000777", "old_connection_no": "0777"}
    made = await rest.post(f"{village}/households", new)
    assert (made.status_code, made.json()["connection_no"]) == (201, "WS/15767/2026-27/0013")
    twice = await rest.post(f"{village}/households", new)
    assert (twice.status_code, twice.json()["code"]) == (409, "connection.number_taken")
    bad = await rest.post(f"{village}/households", {"holder_name": "", "phone": "12", "surprise": 1})
    assert bad.status_code == 422
    assert {f["path"] for f in bad.json()["fields"]} >= {"body.holder_name", "body.old_connection_no", "body.surprise"}


async def test_a_bill_its_lines_and_cash_with_an_idempotency_key(rest: Rest) -> None:
    village = f"/villages/{VILLAGES[0]}"
    home = (await rest.get(f"{village}/households", params={"q": "0001"})).json()["items"][0]
    bill = (await rest.post(f"{village}/households/{home['id']}/bill", None)).json()
    assert bill["total_paise"] == home["due_paise"] == 8000
    lines = (await rest.get(f"{village}/households/{home['id']}/bill/lines")).json()
    assert sum(line["amount_paise"] for line in lines) == 8000
    cash = {"household_id": home["id"], "amount_paise": 8000}
    assert (await rest.post(f"{village}/payments", cash)).status_code == 422
    paid = await rest.post(f"{village}/payments", cash, **{"Idempotency-Key": "key-000001"})
    assert (paid.status_code, paid.json()["due_after_paise"]) == (201, 0)
    again = await rest.post(f"{village}/payments", cash, **{"Idempotency-Key": "key-000001"})
    assert again.json() == paid.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await rest.post(f"{village}/payments", {**cash, "amount_paise": 9000}, **{"Idempotency-Key": "key-000001"})
    assert (other.status_code, other.json()["code"]) == (409, "collection.key_reused")
    same = await rest.post(f"{village}/payments", cash, **{"Idempotency-Key": "key-000002"})
    assert (same.status_code, same.json()["code"]) == (409, "collection.same_cash_today")
    odd = await rest.post(f"{village}/payments", {**cash, "amount_paise": 8050}, **{"Idempotency-Key": "key-000003"})
    assert odd.json()["code"] == "collection.not_whole_rupees"
    assert (await rest.get(f"{village}/households/{home['id']}/bill")).json()["code"] == "billing.nothing_due"
    listed = (await rest.get(f"{village}/payments", params={"limit": 1})).json()
    assert listed["items"][0]["receipt_no"] == paid.json()["receipt_no"]


async def test_a_billing_run_with_its_result_per_connection(rest: Rest) -> None:
    runs = f"/villages/{VILLAGES[1]}/billing-runs"
    would = (await rest.post(runs, {"period": "2026-11", "preview": True})).json()
    assert would["billed"] + would["failed"] == 12
    started = await rest.post(runs, {"period": "2026-11"})
    assert started.status_code == 202
    async with rest.house.open(SYSTEM) as uow:
        await billing_run.bill_chunk(uow, VILLAGES[1], started.json()["id"], None, None)
    done = (await rest.get(f"{runs}/{started.json()['id']}")).json()
    assert (done["billed"], done["already"], done["failed"]) == (would["billed"], 0, would["failed"])
    results = (await rest.get(f"{runs}/{started.json()['id']}/results")).json()["items"]
    assert len(results) == 12
    assert {r["reason"] for r in results if r["outcome"] == "failed"} <= {"billing_run.no_reading"}
    assert (await rest.post(runs, {"period": "2027-01"})).json()["code"] == "billing_run.period_invalid"


async def test_a_collector_sees_his_village_and_nothing_of_another(rest: Rest) -> None:
    headers = await _sign_in(rest.web, "collector")
    mine = await rest.web.get(f"/api/v1/villages/{VILLAGES[0]}/households", headers=headers)
    assert mine.status_code == 200
    theirs = await rest.web.get(f"/api/v1/villages/{VILLAGES[1]}/households", headers=headers)
    assert (theirs.status_code, theirs.json()["code"]) == (403, "access.denied")
    runs = await rest.web.post(f"/api/v1/villages/{VILLAGES[0]}/billing-runs", json={"period": "2026-11"}, headers=headers)
    assert runs.status_code == 403


async def test_every_path_is_described_with_an_example_for_what_it_takes(rest: Rest) -> None:
    described = (await rest.web.get("/api/v1/openapi.json")).json()
    assert len(described["paths"]) >= 15
    for name in ("NewHousehold", "NewCashPayment", "NewRun", "NewMeterReading", "Closing"):
        assert described["components"]["schemas"][name].get("example"), name


async def test_a_problem_carries_the_requests_id_and_no_secrets(rest: Rest) -> None:
    answer = await rest.web.get("/api/v1/villages/pb.none/households/not-a-uuid", headers={**rest.headers, "X-Request-Id": "my-request-1"})
    assert answer.status_code == 422
    assert answer.json()["request_id"] == "my-request-1"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
