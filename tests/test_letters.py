"""What each mail says, to whom, and when it is better not sent."""

import re
from datetime import timedelta

import pytest

from survey import address_book, invitations, letters, rhythm, rounds, story
from survey.installation import Installation
from survey.kinds import MIRROR
from survey.outgoing.mail import Letter
from survey.rhythm import Held
from survey.store.database import db
from survey.store.outbox import OutboxMail
from survey.store.people import Account, Company, Invitation, invitations_of
from survey.store.rounds import ReleaseRecord, Round, SelfAssessment
from survey.turns import Every
from tests.bakery import CLOSES_ON

INVITED_KINDS = ("invitation", "reminder_1", "reminder_2", "extended", "cancelled")
DOOM = re.compile(r"faillissement|surseance|crisis|schuld|fraude|liegen|geheim|wantrouw|zwaar weer|!", re.IGNORECASE)


def write(house: Installation, mail: OutboxMail) -> Letter | None:
    return letters.write(mail, house.links, house.clock())


def invitation_of(round_: Round, perspective: str) -> Invitation:
    return invitations_of(round_.id, perspective)[0]


def mail_to(invitation: Invitation, kind: str, house: Installation) -> OutboxMail:
    """Return a mail of this kind in the outbox, its invitation having been sent before."""
    for mail in db.session.scalars(db.select(OutboxMail).filter_by(invitation_id=invitation.id, kind="invitation")):
        mail.state = "waiting" if kind == "invitation" else "sent"
    mail = OutboxMail(kind=kind, round_id=invitation.round_id, invitation_id=invitation.id, due_at=house.clock())
    db.session.add(mail)
    db.session.commit()
    return mail


def letter_to(round_: Round, perspective: str, kind: str, house: Installation) -> Letter:
    if kind == "cancelled":
        rounds.cancel(round_, house.boxes.of(round_.id), house.settings.keys, house.clock())
    letter = write(house, mail_to(invitation_of(round_, perspective), kind, house))
    assert letter is not None
    return letter


def flat(text: str) -> str:
    return " ".join(text.split())


def test_staff_hear_that_it_is_a_standard_list_and_that_the_owner_sees_nobody(
    house: Installation, open_round: Round
) -> None:
    letter = letter_to(open_round, "employees", "invitation", house)
    said = flat(letter.text)
    for promise in (
        "Elk bedrijf krijgt dezelfde vragen",
        "Er hoeft niets mis te zijn",
        "vertrouwelijk en wordt anoniem bij het tellen",
        "ziet niet wie meedoet en wie niet",
        "minder dan 5 mensen",
        "vier tot zes minuten",
        "vrijwillig en mag onder werktijd",
        "tot en met vrijdag 20 november",
        "Niemand mag je om die code vragen",
        story.CONTACT.address,
    ):
        assert promise in said
    assert letter.sender == "Karin de Vries via Spiegelronde"
    assert letter.replies_to is not None
    assert letter.replies_to.address == story.OWNER.address


@pytest.mark.parametrize("perspective", ["accountant", "bank", "peer"])
@pytest.mark.parametrize("kind", INVITED_KINDS)
def test_who_answers_by_name_is_told_so_and_never_reads_the_word_anonymous(
    house: Installation, open_round: Round, perspective: str, kind: str
) -> None:
    letter = letter_to(open_round, perspective, kind, house)
    assert "anoniem" not in (letter.text + (letter.html or "")).lower()
    assert "vertrouwelijk" not in letter.text.lower()
    if kind == "invitation":
        assert "Je antwoordt op naam" in letter.text
        assert "drie minuten" in letter.text


@pytest.mark.parametrize("kind", INVITED_KINDS)
def test_text_and_html_say_the_same_and_fetch_nothing(house: Installation, open_round: Round, kind: str) -> None:
    letter = letter_to(open_round, "employees", kind, house)
    assert letter.html is not None
    body = re.sub(r"(?s)<head>.*</head>", "", letter.html)
    words = flat(re.sub(r"<[^>]+>", " ", body)).replace("&#39;", "'")
    for sentence in re.split(r"\n\n", letter.text):
        if "http" not in sentence and sentence.strip() != "--":
            assert flat(sentence) in words
    assert set(re.findall(r"https?://[^\s\"<]+", letter.html)) == set(re.findall(r"https?://\S+", letter.text))
    assert not re.search(r"(?i)<img|<script|<link|@import|url\(|src=|\sstyle=|\son\w+=", letter.html)


@pytest.mark.parametrize("kind", INVITED_KINDS)
@pytest.mark.parametrize("perspective", ["employees", "bank"])
def test_no_mail_holds_a_heavy_word_or_an_exclamation(
    house: Installation, open_round: Round, perspective: str, kind: str
) -> None:
    letter = letter_to(open_round, perspective, kind, house)
    assert not DOOM.search(letter.subject + letter.text)


@pytest.mark.parametrize("kind", ["reminder_1", "reminder_2"])
def test_a_reminder_goes_to_everybody_and_repeats_the_same_link(
    house: Installation, open_round: Round, kind: str
) -> None:
    invitation = invitation_of(open_round, "employees")
    letter = letter_to(open_round, "employees", kind, house)
    assert "Heb je al meegedaan, dan hoef je niets te doen" in flat(letter.text)
    assert house.links.invitation(invitation.id) in letter.text
    assert letter.stop_link == house.links.no_more_mail(invitation.id)


def test_a_reminder_is_threaded_under_the_invitation(house: Installation, open_round: Round) -> None:
    invitation = invitation_of(open_round, "employees")
    reminder = mail_to(invitation, "reminder_1", house)
    first = db.session.scalars(db.select(OutboxMail).filter_by(invitation_id=invitation.id, kind="invitation")).one()
    assert letters.earlier_mails(reminder) == [first.message_id]
    assert letters.earlier_mails(first) == []


@pytest.mark.parametrize("kind", ["reminder_1", "reminder_2"])
def test_who_asked_for_no_reminders_gets_none_but_hears_of_a_change(
    house: Installation, open_round: Round, kind: str
) -> None:
    invitation = invitation_of(open_round, "employees")
    invitations.stop_mail(house.links, house.links.no_more_mail(invitation.id).rpartition("/")[2])
    assert write(house, mail_to(invitation, kind, house)) is None
    assert write(house, mail_to(invitation, "extended", house)) is not None


def test_a_revoked_invitation_gets_no_mail(house: Installation, open_round: Round) -> None:
    invitation = invitation_of(open_round, "employees")
    invitation.revoked = 1
    db.session.commit()
    assert [write(house, mail_to(invitation, kind, house)) for kind in ("invitation", "reminder_1", "extended")] == [
        None
    ] * 3


def test_nothing_is_sent_about_a_round_that_is_closed(
    house: Installation, open_round: Round, clock: story.MovableClock
) -> None:
    clock.move_to(CLOSES_ON + timedelta(days=1))
    invitation = invitation_of(open_round, "employees")
    assert [write(house, mail_to(invitation, kind, house)) for kind in INVITED_KINDS] == [None] * 5


def test_a_cancelled_round_takes_back_what_waits_and_tells_who_was_invited(
    house: Installation, open_round: Round
) -> None:
    invited, unreached = invitations_of(open_round.id, "employees")[:2]
    rounds.cancel(open_round, house.boxes.of(open_round.id), house.settings.keys, house.clock())
    letter = write(house, mail_to(invited, "cancelled", house))
    assert letter is not None
    assert "vernietigd" in letter.text
    assert house.links.base not in letter.text
    assert write(house, mail_to(unreached, "invitation", house)) is None
    waiting = OutboxMail(kind="cancelled", round_id=open_round.id, invitation_id=unreached.id, due_at=house.clock())
    db.session.add(waiting)
    db.session.commit()
    assert write(house, waiting) is None


def test_an_extension_names_both_days(house: Installation, open_round: Round) -> None:
    rounds.extend(open_round, CLOSES_ON + timedelta(days=7), house.clock())
    letter = write(house, mail_to(invitation_of(open_round, "employees"), "extended", house))
    assert letter is not None
    assert "vrijdag 27 november" in flat(letter.text)
    assert "vrijdag 20 november" in flat(letter.text)


@pytest.mark.parametrize("kind", INVITED_KINDS)
@pytest.mark.parametrize("perspective", ["employees", "bank", "accountant", "peer"])
def test_a_round_in_english_has_no_dutch_in_its_mails(
    house: Installation, open_round: Round, perspective: str, kind: str
) -> None:
    in_dutch = letter_to(open_round, perspective, kind, house)
    open_round.language = "en"
    db.session.commit()
    in_english = letter_to(open_round, perspective, kind, house)
    assert in_english.subject != in_dutch.subject
    assert not sentences(in_english.text) & sentences(in_dutch.text)
    assert in_english.html is not None
    assert '<html lang="en">' in in_english.html


def sentences(text: str) -> set[str]:
    """The paragraphs of a letter without the links, which are the same in every language."""
    return {re.sub(r"http\S+", "", flat(paragraph)) for paragraph in text.split("\n\n")} - {"--", ""}


def test_a_name_that_is_code_is_shown_literally(house: Installation, open_round: Round) -> None:
    open_round.subject_name = "<img src=x onerror=alert(1)> {{ 7*7 }} %(minimum)s %s"
    db.session.commit()
    letter = letter_to(open_round, "employees", "invitation", house)
    assert open_round.subject_name in flat(letter.text)
    assert letter.html is not None
    assert "<img" not in letter.html
    assert "&lt;img src=x onerror=alert(1)&gt; {{ 7*7 }} %(minimum)s %s" in letter.html


def test_the_owner_can_try_every_invitation_on_himself_before_anything_is_sent(
    house: Installation, prepared_round: Round, karin: Account
) -> None:
    for group in prepared_round.groups:
        letters.put_test_mail(prepared_round, group.perspective, karin, house.clock())
    for mail in db.session.scalars(db.select(OutboxMail)):
        letter = write(house, mail)
        assert letter is not None
        assert letter.to.address == karin.email
        assert "Dit is een proefmail" in letter.text
        assert "/u/" not in letter.text
        assert letter.stop_link is None


def test_the_announcement_is_the_owners_own_words_without_a_link(house: Installation, prepared_round: Round) -> None:
    said = letters.announcement(prepared_round)
    assert "zie ik niet wie meedoet en wie niet" in flat(said)
    assert said.rstrip().endswith("Karin de Vries")
    assert "http" not in said


def ready_mail(round_: Round, house: Installation) -> OutboxMail:
    round_.release = ReleaseRecord(document="{}", digest="0" * 64)
    mail = OutboxMail(kind="ready", round_id=round_.id, address=story.OWNER.address, due_at=house.clock())
    db.session.add(mail)
    db.session.commit()
    return mail


def test_the_owner_hears_that_the_mirror_is_ready_and_nothing_of_what_is_in_it(
    house: Installation, open_round: Round, clock: story.MovableClock
) -> None:
    open_round.self_assessment = SelfAssessment(handed_in_at=clock())
    letter = write(house, ready_mail(open_round, house))
    assert letter is not None
    assert letter.subject == "De spiegel van Bakkerij De Vries staat klaar"
    assert "Petra Visser" in letter.text
    assert not re.search(r"\d[.,]\d", letter.text.replace("127.0.0.1", ""))


def test_an_owner_whose_own_list_is_not_in_is_asked_for_that_first(house: Installation, open_round: Round) -> None:
    letter = write(house, ready_mail(open_round, house))
    assert letter is not None
    assert "Je eigen lijst is er nog niet" in flat(letter.text)


def test_an_owner_who_opened_the_mirror_already_gets_no_mail_about_it(
    house: Installation, open_round: Round, clock: story.MovableClock
) -> None:
    mail = ready_mail(open_round, house)
    open_round.opened_mirror_at = clock()
    db.session.commit()
    assert write(house, mail) is None


def test_an_unknown_kind_is_a_fault_and_an_unknown_language_too(house: Installation, open_round: Round) -> None:
    mail = mail_to(invitation_of(open_round, "employees"), "verjaardag", house)
    with pytest.raises(letters.KindUnknown):
        write(house, mail)
    open_round.language = "fy"
    with pytest.raises(letters.LanguageMissing):
        write(house, mail_to(invitation_of(open_round, "bank"), "invitation", house))


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(("kind", "reason"), [
    ("rhythm_prepared", None), ("rhythm_opened", None), *(("rhythm_held", held.value) for held in Held)
])  # fmt: skip
def test_a_mail_about_the_rhythm_says_the_day_or_the_reason_without_frightening(
    house: Installation, karin: Account, bakery: Company, open_round: Round, kind: str, reason: str | None,
    language: str,
) -> None:  # fmt: skip
    address_book.take_over(bakery, karin, open_round)
    rhythm.switch_on(bakery, karin, MIRROR, Every.QUARTER, house.clock()).held = reason
    if kind == "rhythm_prepared":
        open_round.sent_at = None
    open_round.language = language
    letter = write(house, OutboxMail(kind=kind, round_id=open_round.id, address=karin.email, due_at=house.clock()))
    assert letter is not None
    assert not DOOM.search(letter.text)
    assert "None" not in letter.text
    assert ("20 november" in letter.text.lower()) == (kind != "rhythm_held")
    assert letter.to.address == karin.email
    assert letter.html is not None
    assert f"/bedrijf/{bakery.id}" in letter.html
