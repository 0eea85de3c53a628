"""A release as a document: the same release back, and the same text whatever the road to it."""

import json

from survey.scoring import canonical, digest, from_document, to_document
from survey.scoring.answers import CANNOT_JUDGE, AnonymousGroup, NamedVoice, Response
from survey.scoring.audit import EarlierRelease
from survey.scoring.cells import SuppressedCell
from survey.scoring.counting import release
from survey.scoring.releases import Release
from tests.scoring.bakery import CHECKLIST, KEY, employees, named, released

ANSWERS: Response = {
    "gut_feeling": 7,
    "order_book": 1,
    "customer_dependence": CANNOT_JUDGE,
    "asks_views": 3,
    "safe_to_speak": 5,
}


def bakery() -> Release:
    """A release with a cell of every type, a clipped one, a divided one, texts and a finding."""
    responses: list[Response] = [{**ANSWERS, "asks_views": 1 + 4 * (who % 2)} for who in range(12)]
    staff = AnonymousGroup("employees", responses, 12, {"attention": ["de oven", "de bus", "é", "d", "e"]})
    bank = NamedVoice("bank", {"order_book": 4}, {"attention": "de cijfers"})
    earlier = [EarlierRelease("employees", frozenset({"safe_to_speak"}), days=30)]
    return release(CHECKLIST, [staff, bank], KEY, earlier=earlier)


def test_a_release_comes_back_from_its_document_unchanged() -> None:
    once = bakery()
    assert {type(cell) for cell in once.cells} > {SuppressedCell}
    assert not once.audit.passed
    assert from_document(to_document(once)) == once
    assert from_document(json.loads(canonical(once))) == once


def test_the_text_of_a_release_is_one_and_its_hash_names_it() -> None:
    assert canonical(bakery()) == canonical(from_document(json.loads(canonical(bakery()))))
    assert digest(canonical(bakery())) == digest(canonical(bakery()))
    other = digest(canonical(released(named("bank", 3))))
    assert other != digest(canonical(released(named("bank", 4))))
    assert len(other) == 64


def test_no_exact_count_of_a_cell_stands_in_the_document() -> None:
    def of_thirteen(answered: int) -> AnonymousGroup:
        return AnonymousGroup(
            "employees", [{"order_book": 3}] * answered + [{"asks_views": 3}] * (13 - answered), invited=13
        )

    eleven, nine = (canonical(released(of_thirteen(answered), items=CHECKLIST)) for answered in (11, 9))
    assert eleven == nine


def test_the_document_is_the_same_for_answers_in_any_order() -> None:
    assert canonical(released(employees([1, 2, 3, 4, 5]))) == canonical(released(employees([5, 4, 3, 2, 1])))


def test_the_text_of_a_release_never_changes_because_its_hash_is_printed() -> None:
    staff = AnonymousGroup("employees", [{"order_book": 3}] * 5, 9, {"attention": ["é"] * 5})
    bank, peer = named("bank", 4), named("peer_1", None)
    assert canonical(released(staff, bank, peer)) == (
        '{"audit":[],"cells":[{"item":"order_book","mark":4,"perspective":"bank","status":"voice"},'
        '{"band":[5,7],"coverage":"almost_all","edge":null,"item":"order_book","mean":3.0,'
        '"perspective":"employees","spread":null,"status":"shown"},'
        '{"item":"order_book","perspective":"peer_1","reason":"too_few_answers","status":"suppressed"}],'
        '"items":[{"id":"order_book","reverse":false,"scale":[1,5],"theme":"customers","version":1}],"k":5,'
        '"method":"1","perspectives":[{"id":"bank","invited":null,"kind":"named","n":1},'
        '{"id":"employees","invited":9,"kind":"anonymous","n":5},{"id":"peer_1","invited":null,"kind":"named","n":1}],'
        '"texts":[{"perspective":"employees","question":"attention","texts":["é","é","é","é","é"]}],'
        '"visibility":[{"level":"sees","perspective":"bank","theme":"customers"},'
        '{"level":"sees","perspective":"employees","theme":"customers"}]}'
    )
