"""What was not understood: masked, put together, in training format; only of those who allow it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ruamel.yaml import YAML

from backend.kit.house import House
from backend.kit.ids import new_id
from bot.learning import learnable
from bot.messages import Channel, Inbound
from bot.store import Store, Turn
from bot.understanding.base import INTENTS
from bot.understanding.builtin import BuiltIn
from bot.understanding.unmatched import Misread, as_training, clusters, mask
from tests.support.facade_in_memory import village

MODEL = BuiltIn.load()


@pytest.mark.parametrize(
    ("text", "form", "masked"),
    [
        ("Gurpreet Singh ka 450 rs wala", "hi-Latn", "[ramesh](name) ka 999 rs wala"),
        ("ਗੁਰਪ੍ਰੀਤ ਕੌਰ ਦਾ ਪਾਣੀ", "pa", "[ਰਮੇਸ਼](name) ਦਾ ਪਾਣੀ"),
        ("सुरेश कुमार का बिल ४५०", "hi", "[रमेश](name) का बिल 999"),
        ("call me on 98765 43210 or mail a.b@example.org", "en", "call me on 99999 99999 or mail …"),
        ("ws/7381/2026-27/0045 wala  nahi\nhai", "hi-Latn", "ws/9999/9999-99/0999 wala nahi hai"),
    ],
)
def test_nothing_about_a_person_is_left(text: str, form: str, masked: str) -> None:
    assert mask(text, form, MODEL.words.names) == masked


def test_texts_of_one_idea_come_together_by_form_and_place() -> None:
    said = [
        Misread("tanki kab saaf hogi", "menu.villager", "1"),
        Misread("tanki kab saf hovegi", "menu.villager", "2"),
        Misread("tanki kab saaf hogi", "menu.villager", "1"),
        Misread("tanki kab saaf hogi", "bill.show", "1"),
        Misread("ਟੈਂਕੀ ਕਦੋਂ ਸਾਫ਼ ਹੋਵੇਗੀ", "menu.villager", "3"),
        Misread("😀", "menu.villager", "3"),
    ]
    found = clusters(said, MODEL)
    assert [(c.form, c.flow, c.people, c.messages) for c in found] == [("hi-Latn", "menu", 2, 3), ("hi-Latn", "bill", 1, 1), ("pa", "menu", 1, 1)]
    assert found[0].examples == ["tanki kab saaf hogi", "tanki kab saf hovegi"]
    assert all(g[0] in INTENTS for c in found for g in c.guesses)


def test_candidates_read_as_training_texts() -> None:
    found = clusters([Misread("tanki: kab #saaf hogi? - 12 'o'", "menu.villager", "1")], MODEL)
    (part,) = YAML(typ="safe").load(as_training(found))["nlu"]
    assert part["intent"] in INTENTS
    assert part["examples"] == "- tanki: kab #saaf hogi? - 99 'o'\n"
    assert as_training([]) == ""


async def keep(store: Store, channel: Channel, address: str, text: str, misread: str | None) -> None:
    """A message that had its turn."""
    message = Inbound(channel=channel, account="a", provider_id=str(new_id()), address=address, text=text)
    (waiting,) = await store.keep_inbound([(new_id(), new_id(), message)])
    assert await store.save_turn(Turn(waiting, {}, "hi", True, misread, (), ()))


async def test_only_messages_of_people_who_allow_it_are_read(live_house: House) -> None:
    store, facade = Store(live_house), village(live_house.clock)
    facade.learning.add(("sms", "+919000000001"))
    await keep(store, Channel.SMS, "+919000000001", "tanki kab saaf hogi", "menu.villager")
    await keep(store, Channel.SMS, "+919000000001", "mera bill", None)
    await keep(store, Channel.WHATSAPP, "+919000000001", "motor kab chalegi", "menu.villager")
    found = await learnable(store, facade, MODEL, timedelta(days=1))
    assert (found.not_understood, found.allowed) == (2, 1)
    assert [c.examples for c in found.candidates] == [["tanki kab saaf hogi"]]
    assert (await learnable(store, facade, MODEL, timedelta(seconds=-1))).not_understood == 0
