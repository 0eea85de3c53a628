"""What a provider's script may do, and what it is refused."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from survey import providers, story
from survey.installation import Installation
from survey.invitations import CardsAlreadyMade, NotSentYet, TooLateToReissue, UnknownCard, recognise_card
from survey.providers import OperatorIsTheCompany, UnknownRound
from survey.round_file import RoundFile, read_round_file
from survey.rounds import ContactIsOwner, InsiderAmongStaff, KeyUsedForOtherRound, OwnerUnconfirmed
from survey.store.database import db
from survey.store.people import Account, Company, Invitation
from survey.store.rounds import Round, Standing
from tests.test_round_file import GOOD


def file(**changes: Any) -> RoundFile:
    return read_round_file(json.dumps({**GOOD, **changes}))


CARDS_ONLY: dict[str, Any] = {"groups": [{"perspective": "employees", "cards": 6}]}
Counter = Callable[[], dict[str, int]]


@pytest.fixture
def everything(house: Installation) -> Counter:
    def counts() -> dict[str, int]:
        tables = (Account, Company, Round, Invitation)
        return {
            table.__tablename__: db.session.scalar(db.select(db.func.count()).select_from(table)) or 0
            for table in tables
        }

    return counts


def test_a_rerun_with_the_same_key_gives_the_same_round(house: Installation, everything: Counter) -> None:
    first = providers.start_round(file(), house, send=False)
    before = everything()
    assert providers.start_round(file(), house, send=False).id == first.id
    assert everything() == before


def test_the_same_key_with_other_content_creates_nothing(house: Installation, everything: Counter) -> None:
    providers.start_round(file(), house, send=False)
    before = everything()
    for changes in ({"closes": "2026-11-21"}, {"company": "Bakkerij Jansen"}):
        with pytest.raises(KeyUsedForOtherRound):
            providers.start_round(file(**changes), house, send=False)
    assert everything() == before


def test_mail_does_not_leave_in_the_name_of_an_unconfirmed_owner(house: Installation, everything: Counter) -> None:
    before = everything()
    with pytest.raises(OwnerUnconfirmed):
        providers.start_round(file(), house, send=True)
    assert everything() == before


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"contact": GOOD["owner"]}, ContactIsOwner),
        (
            {"groups": [{"perspective": "employees", "addresses": ["Petra <petra@visser-mentoring.example>"]}]},
            InsiderAmongStaff,
        ),
    ],
)
def test_a_plan_that_is_refused_creates_nothing(
    house: Installation, everything: Counter, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    before = everything()
    with pytest.raises(refusal):
        providers.start_round(file(**changes), house, send=False)
    assert everything() == before


def test_a_confirmed_owners_round_is_sent_at_once(house: Installation, karin: Account) -> None:
    round_ = providers.start_round(file(), house, send=True)
    assert round_.subject_id == karin.id
    assert round_.standing_at(house.clock()) is Standing.OPEN


def test_a_round_of_cards_only_needs_no_confirmed_owner(house: Installation) -> None:
    round_ = providers.start_round(file(**CARDS_ONLY), house, send=True)
    cards = providers.cards(round_, house)
    assert [card.perspective for card in cards] == ["employees"] * 6
    assert len({card.code for card in cards}) == 6
    assert recognise_card(house.hasher, cards[0].code.lower()).round_id == round_.id
    with pytest.raises(CardsAlreadyMade):
        providers.cards(round_, house)


def test_cards_are_remade_only_before_the_round_opens(house: Installation, clock: story.MovableClock) -> None:
    round_ = providers.start_round(file(**CARDS_ONLY, opens="2026-11-04"), house, send=False)
    with pytest.raises(NotSentYet):
        providers.cards(round_, house)
    providers.start_round(file(**CARDS_ONLY, opens="2026-11-04"), house, send=True)
    [void, *_] = providers.cards(round_, house)
    fresh = providers.cards(round_, house, reissue=True)
    with pytest.raises(UnknownCard):
        recognise_card(house.hasher, void.code)
    assert recognise_card(house.hasher, fresh[0].code)
    clock.move_to(round_.opens_on)
    with pytest.raises(TooLateToReissue):
        providers.cards(round_, house, reissue=True)


def test_card_codes_are_nowhere_in_the_files(house: Installation) -> None:
    round_ = providers.start_round(file(**CARDS_ONLY), house, send=True)
    codes = [card.code.encode() for card in providers.cards(round_, house)]
    db.session.remove()
    for path in house.settings.data.rglob("*"):
        content = b"" if path.is_dir() else path.read_bytes()
        assert not any(code in content for code in codes)


def test_an_early_close_counts_now_and_names_no_mark(house: Installation, karin: Account) -> None:
    round_ = providers.start_round(file(), house, send=True)
    providers.close_now(round_, house)
    assert (round_.closed_early, round_.standing_at(house.clock())) == (True, Standing.COUNTED)
    assert [dataclasses.astuple(outcome) for outcome in providers.outcomes(round_)] == [
        ("employees", 0, {"too_few_answers": 30}),
        ("bank", 0, {}),
    ]


def test_a_company_that_runs_its_own_installation_cannot_close_early(house: Installation, karin: Account) -> None:
    own = dataclasses.replace(house, settings=dataclasses.replace(house.settings, operator="bakkerij de vries"))
    round_ = providers.start_round(file(), own, send=True)
    with pytest.raises(OperatorIsTheCompany):
        providers.close_now(round_, own)
    assert round_.closed_at is None


def test_an_unknown_round_is_named_as_such(house: Installation) -> None:
    with pytest.raises(UnknownRound):
        providers.round_with("0" * 32)
