"""The REST backend through its application: sign-in, permissions, villages, households, bills, payments, billing runs, problems."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import APIRouter
from sqlalchemy import text

from backend.demo import VILLAGES, seed
from backend.gateway.rest import ROUTERS, RouteWithoutPermission, require_permissions
from backend.kit.house import House, build_house
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.kit.unit_of_work import SYSTEM
from backend.main import make_backend
from backend.money import billing, collection, payment_gateway
from backend.office import user
from backend.verification import verify_all
from backend.water import billing_run
from backend.wiring import backend_wiring

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

    async def homes(self, village: str) -> list[str]:
        return [h["id"] for h in (await self.get(f"/villages/{village}/households", params={"limit": 500})).json()["items"]]

    async def pay(self, village: str, household_id: str, paise: int, key: str, **more: Any) -> httpx2.Response:
        return await self.post(f"/villages/{village}/payments", {"household_id": household_id, "amount_paise": paise, **more}, **{"Idempotency-Key": key})

    async def count(self, table: str) -> int:
        async with self.house.open(SYSTEM) as uow:
            return int((await uow.session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


_callers = itertools.count(1)


@pytest.fixture
async def rest(live_house: House) -> AsyncIterator[Rest]:
    await seed(live_house, 2, 12, 2)
    async with live_house.open(SYSTEM) as uow:
        await user.create_login(uow, ADMIN, PASSWORD, superuser=True)
        collector = await user.find_person_by_phone(uow, "+919000000101")
        assert collector is not None
        await user.create_login(uow, "collector", PASSWORD, person_id=collector.id)
    caller = f"127.1.{next(_callers) % 250}.1"  # sign-ins are counted by address, and tests are many
    transport = httpx2.ASGITransport(app=make_backend(live_house), client=(caller, 40_000))
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
    assert {r["connection_no"] for r in results} == {h["connection_no"] for h in (await rest.get(f"/villages/{VILLAGES[1]}/households")).json()["items"]}
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
    answer = await rest.web.get(f"/api/v1/villages/{VILLAGES[0]}/households/not-a-uuid", headers={**rest.headers, "X-Request-Id": "my-request-1"})
    assert answer.status_code == 422
    assert answer.json()["request_id"] == "my-request-1"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


NOWHERE = "pb.nowhere"


async def test_cash_is_booked_on_a_household_of_that_village_only(rest: Rest) -> None:
    mine, theirs = (await rest.homes(VILLAGES[0]))[0], (await rest.homes(VILLAGES[1]))[0]
    before = [await rest.count(table) for table in ("payment", "advance_entry", "allocation")]
    for n, (village, home) in enumerate([(VILLAGES[0], str(new_id())), (VILLAGES[0], theirs), (VILLAGES[1], mine)]):
        refused = await rest.pay(village, home, 8000, f"key-absent-{n}")
        assert (refused.status_code, refused.json()["code"]) == (404, "connection.not_found"), (village, home)
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == (await rest.get(f"/villages/{village}/households/{home}")).json()["code"]
    assert [await rest.count(table) for table in ("payment", "advance_entry", "allocation")] == before
    assert (await rest.pay(VILLAGES[0], mine, 8000, "key-absent-0")).status_code == 201, "a refused key was not used up"


async def test_a_household_with_neither_demand_nor_payment_may_pay_ahead(rest: Rest) -> None:
    made = await rest.post(f"/villages/{VILLAGES[0]}/households", {"holder_name": "Kulwant Kaur", "phone": "+919000000777", "old_connection_no": "0777"})
    paid = await rest.pay(VILLAGES[0], made.json()["id"], 5000, "key-ahead-1")
    assert (paid.status_code, paid.json()["advance_after_paise"]) == (201, 5000)


async def test_nothing_is_written_into_a_village_that_is_not_in_use(rest: Rest) -> None:
    home, absent = (await rest.homes(VILLAGES[0]))[0], new_id()
    tables = ("payment", "advance_entry", "person", "connection", "data_key", "billing_run", "bill", "meter_reading")
    before = [await rest.count(table) for table in tables]
    writes: list[tuple[str, Any]] = [
        ("/payments", {"household_id": home, "amount_paise": 8000}),
        ("/households", {"holder_name": "Kulwant Kaur", "phone": "+919000000777", "old_connection_no": "0777"}),
        (f"/households/{home}/bill", None),
        (f"/households/{home}/readings", {"period": "2026-11", "current": 124, "read_on": "2026-11-24"}),
        ("/billing-runs", {"period": "2026-11"}),
        ("/billing-runs", {"period": "2026-11", "preview": True}),
        (f"/work-items/{absent}/close", {"outcome": "payment found"}),
    ]
    for path, body in writes:
        refused = await rest.post(f"/villages/{NOWHERE}{path}", body, **{"Idempotency-Key": "key-nowhere"})
        assert (refused.status_code, refused.json()["code"]) == (404, "master_data.tenant_not_found"), path
    assert [await rest.count(table) for table in tables] == before


async def test_nothing_is_read_of_a_village_that_is_not_in_use(rest: Rest) -> None:
    absent = new_id()
    paths = [p for p, verbs in (await rest.web.get("/api/v1/openapi.json")).json()["paths"].items() if "{tenant_id}" in p and "get" in verbs]
    assert len(paths) >= 9
    for village in (NOWHERE, "pb", "pb.testing"):
        for path in paths:
            asked = re.sub(r"\{\w+_id\}", str(absent), path.replace("{tenant_id}", village).removeprefix("/api/v1"))
            answer = await rest.get(asked)
            assert (answer.status_code, answer.json()["code"]) == (404, "master_data.tenant_not_found"), asked
            assert answer.headers["content-type"] == "application/problem+json"
    assert (await rest.get(f"/villages/{VILLAGES[0]}/work-items")).json() == [], "an empty list is an answer where the village is in use"


async def test_a_query_parameter_that_a_path_does_not_have_is_refused_and_named(rest: Rest) -> None:
    described = (await rest.web.get("/api/v1/openapi.json")).json()["paths"]
    asked = {p: p.replace("{tenant_id}", VILLAGES[0]) for p in described}
    for path, verbs in described.items():
        for verb in verbs:
            url = re.sub(r"\{\w+_id\}", str(new_id()), asked[path])
            answer = await rest.web.request(verb, url, params={"limitt": "5", "q": "x", "cursor": ""}, headers=rest.headers)
            known = {p["name"] for p in verbs[verb].get("parameters", ()) if p["in"] == "query"}
            assert (answer.status_code, answer.json()["code"]) == (422, "request.parameter_unknown"), (verb, url)
            assert answer.headers["content-type"] == "application/problem+json"
            assert [f["path"] for f in answer.json()["fields"]] == [f"query.{n}" for n in ("cursor", "limitt", "q") if n not in known]
    assert (await rest.get("/me")).status_code == 200, "and signing out was refused, too"
    said = (await rest.get(f"/villages/{VILLAGES[0]}/households", params={"Q": "0001"})).json()
    assert said["detail"] == "Not known here: Q"
    assert said["fields"] == [{"path": "query.Q", "message": "not known here; known: cursor, limit, q"}]


async def test_a_misspelt_parameter_tells_nobody_more_than_his_token_does(rest: Rest) -> None:
    path = f"/villages/{VILLAGES[0]}/households?limitt=5"
    assert (await rest.web.get(f"/api/v1{path}")).status_code == 401
    long = (await rest.get(f"/villages/{VILLAGES[0]}/households", params={f"x{n}" * 50: "+919000000001" for n in range(40)})).json()
    assert len(long["fields"]) == 10 and all(len(f["path"]) < 80 for f in long["fields"])
    assert "9000000001" not in str(long)


async def test_what_is_not_rest_is_called_with_what_others_add_to_an_address(rest: Rest) -> None:
    more = {"utm_source": "sms", "fbclid": "1"}
    for path in ("/health/live", "/health/ready", "/metrics", "/docs", "/api/v1/openapi.json"):
        assert (await rest.web.get(path, params=more)).status_code == 200, path
    home = (await rest.homes(VILLAGES[0]))[0]
    async with rest.house.open(SYSTEM) as uow:
        bill = await billing.current_bill(uow, VILLAGES[0], UUID(home))
        assert bill is not None
        link = await payment_gateway.ensure_link(uow, bill)
    assert (await rest.web.get(f"/pay/{link.token}", params=more)).status_code == 200
    assert (await rest.web.get("/s/none", params=more)).status_code == (await rest.web.get("/s/none")).status_code == 404
    answers = [await rest.web.post("/webhooks/payments/simulator", params=p, content=b"{}") for p in ({}, more)]
    assert [a.status_code for a in answers] == [403, 403], "forged, with and without"


def test_a_route_without_a_permission_is_refused_at_the_start() -> None:
    require_permissions(ROUTERS[0])
    router = APIRouter(prefix="/villages/{tenant_id}")
    router.add_api_route("/open", lambda: None)
    with pytest.raises(RouteWithoutPermission, match="GET.*/open"):
        require_permissions(router)


async def test_rest_answers_503_while_the_database_is_away(rest: Rest) -> None:
    house = build_house(rest.house.settings, backend_wiring(), url="postgresql+asyncpg://nobody:x@/none?host=%2Ftmp%2Fnone&port=5432")
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=make_backend(house)), base_url="http://test") as web:
        answer = await web.get("/api/v1/me", headers=rest.headers)
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "unavailable", "5")


async def test_writes_that_name_a_household_of_another_village_find_none(rest: Rest) -> None:
    theirs = (await rest.homes(VILLAGES[1]))[0]
    home = f"/villages/{VILLAGES[0]}/households/{theirs}"
    reading = await rest.post(f"{home}/readings", {"period": "2026-11", "current": 99_999, "read_on": "2026-11-24"})
    assert (reading.status_code, reading.json()["code"]) == (404, "connection.not_found")
    bill = await rest.post(f"{home}/bill", None)
    assert (bill.status_code, bill.json()["code"]) == (404, "billing.nothing_due")


async def test_a_reading_of_a_month_is_kept_once(rest: Rest) -> None:
    home = f"/villages/{VILLAGES[0]}/households/{(await rest.homes(VILLAGES[0]))[0]}/readings"
    for current, status in ((500, 201), (501, 409)):
        answer = await rest.post(home, {"period": "2027-01", "current": current, "read_on": "2027-01-24"})
        assert answer.status_code == status, answer.text
    assert answer.json()["code"] == "connection.reading_recorded"


async def test_whoever_may_not_write_hears_no_more_of_a_village_that_is_not_in_use(rest: Rest) -> None:
    headers = await _sign_in(rest.web, "collector")
    for village in (VILLAGES[1], NOWHERE):
        body = {"household_id": str(new_id()), "amount_paise": 8000}
        refused = await rest.web.post(f"/api/v1/villages/{village}/payments", json=body, headers={**headers, "Idempotency-Key": "key-denied"})
        assert (refused.status_code, refused.json()["code"]) == (403, "access.denied")


async def test_verify_names_money_of_a_household_its_village_does_not_have(rest: Rest) -> None:
    mine, theirs = (await rest.homes(VILLAGES[0]))[0], (await rest.homes(VILLAGES[1]))[0]
    assert [r for r in await verify_all(rest.house) if r["violations"]] == []
    async with rest.house.open(SYSTEM) as uow:
        for n, (village, home) in enumerate([(VILLAGES[0], mine), (VILLAGES[0], theirs), (VILLAGES[1], str(new_id()))]):
            new = collection.NewPayment(tenant_id=village, consumer_id=UUID(home), amount=Money(100_000), mode="CASH", key=f"forged {n}")
            await collection.record_payment(uow, new)
    found = {r["invariant"]: r["violations"] for r in await verify_all(rest.house) if r["violations"]}
    assert len(found.pop("a payment's household is a connection of its village")) == 2
    assert len(found.pop("a demand's and an advance's household is a connection of its village")) == 2
    assert found == {}


def _cursor(key: Any) -> str:
    return base64.urlsafe_b64encode(key if isinstance(key, bytes) else json.dumps(key).encode()).decode()


CRAFTED = ["nonsense", _cursor(["a"]), _cursor([""]), _cursor([1]), _cursor({"a": 1}), _cursor(["a", "b"]), _cursor(b"[" * 30_000), _cursor(["\0"]), _cursor(["\ud800"])]


@pytest.mark.parametrize("cursor", CRAFTED, ids=range(len(CRAFTED)))
async def test_a_crafted_cursor_is_refused_everywhere(rest: Rest, cursor: str) -> None:
    village = f"/villages/{VILLAGES[0]}"
    run = (await rest.post(f"{village}/billing-runs", {"period": "2026-11"})).json()["id"]
    by_id = (f"{village}/payments", f"{village}/billing-runs/{run}/results")
    by_number = (f"{village}/households",)  # any text is a place among numbers
    for path in by_id if cursor in (_cursor(["a"]), _cursor([""])) else by_id + by_number:
        answer = await rest.get(path, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (422, "paging.bad_cursor"), path


async def test_a_text_that_no_database_keeps_is_refused_wherever_it_stands(rest: Rest) -> None:
    answer = await rest.get("/villages/pb.%00/households")
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
    answer = await rest.post("/villages/pb.%00/households", {})
    assert answer.status_code == 422
    made = await rest.post(f"/villages/{VILLAGES[0]}/households", {"holder_name": "Kulwant Kaur", "phone": "+919000000777", "old_connection_no": "07\x0077"})
    assert (made.status_code, made.json()["code"]) == (422, "request.invalid")


@pytest.mark.parametrize("word", ["yes", "true", 1, "on"])
async def test_what_moves_money_takes_true_or_false_and_no_word_for_it(rest: Rest, word: Any) -> None:
    home = (await rest.homes(VILLAGES[0]))[0]
    refused = await rest.pay(VILLAGES[0], home, 8000, "key-strict-1", confirmed_again=word)
    assert (refused.status_code, [f["path"] for f in refused.json()["fields"]]) == (422, ["body.confirmed_again"])
    refused = await rest.post(f"/villages/{VILLAGES[0]}/billing-runs", {"period": "2026-11", "preview": word})
    assert (refused.status_code, [f["path"] for f in refused.json()["fields"]]) == (422, ["body.preview"])
    assert (await rest.pay(VILLAGES[0], home, 8000, "key-strict-1")).status_code == 201
    assert (await rest.pay(VILLAGES[0], home, 8000, "key-strict-2", confirmed_again=True)).status_code == 201


@pytest.mark.parametrize("other", ["amount", "household", "nothing"])
async def test_one_key_for_two_payments_at_once_books_one(rest: Rest, other: str) -> None:
    homes = await rest.homes(VILLAGES[0])
    before = await rest.count("payment")
    for turn in range(8):
        one = (homes[0], 1000 + turn * 500)
        two = {"amount": (homes[0], 90_000 + turn * 100), "household": (homes[1], one[1]), "nothing": one}[other]
        answers = await asyncio.gather(*(rest.pay(VILLAGES[0], home, paise, f"key-race-{turn}", confirmed_again=True) for home, paise in (one, two)))
        if other == "nothing":
            assert [a.status_code for a in answers] == [201, 201]
            assert answers[0].json() == answers[1].json()
        else:
            kept, refused = sorted(answers, key=lambda a: a.status_code)
            assert (kept.status_code, refused.status_code, refused.json()["code"]) == (201, 409, "collection.key_reused")
        assert await rest.count("payment") == before + turn + 1
