"""A database with something in it keeps it through each step."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from survey import address_book, conversation, create_app, outside_scan, rhythm, sharing
from survey.addresses import Person
from survey.clock import now, today
from survey.settings import Settings
from survey.store.database import db
from survey.store.kept_texts import Draft
from survey.store.last_done import was_done_on, write_down
from survey.store.named_facts import NamedFacts, facts_of_voices
from survey.store.people import Account, Company
from survey.store.rhythms import rhythms_of
from survey.store.rounds import Redaction, redactions_of, rounds_of
from survey.store.schema import migrate_to, newest_version
from survey.turns import Every

BEFORE = (
    "INSERT INTO account (id, email, name, language, active, fs_uniquifier) "
    "VALUES (1, 'karin@bakkerijdevries.example', 'Karin de Vries', 'nl', 1, 'u')",
    "INSERT INTO company (id, name) VALUES ('c', 'Bakkerij De Vries')",
    "INSERT INTO round (id, tag, company_id, subject_id, subject_name, questionnaire, language, minimum, opens_on, "
    "closes_on, partner_name, partner_address, conversation_on, contact_name, contact_address, closed_early, "
    "closed_at, counted_at) VALUES ('r', 'ABCD', 'c', 1, 'Karin de Vries', 'spiegel-1', 'nl', 5, '2026-11-02', "
    "'2026-11-20', 'Petra Visser', 'petra@visser-mentoring.example', '2026-11-30', 'Marijke Bos', "
    "'marijke@vertrouwenspersoon.example', 0, '2026-11-21 00:00:00', '2026-11-21 00:01:00')",
    "INSERT INTO self_assessment (round_id, answers, predictions, texts, handed_in_at, after_close) "
    "VALUES ('r', '{}', '{}', '{}', '2026-11-10 09:00:00', 0)",
)


def test_a_counted_round_can_be_talked_about_after_the_upgrade(tmp_path: Path) -> None:
    app = create_app(Settings.from_environment({"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"}))
    with app.app_context():
        migrate_to("0002")
        for statement in BEFORE:
            db.session.execute(text(statement))
        db.session.commit()
        migrate_to(newest_version())
        [round_] = rounds_of("c")
        conversation.keep(round_, {"guess": Draft("openness", 0)})
        assert conversation.sheet_of(round_).guess == "openness"
        assert conversation.meeting_of(round_, "conversation").day == round_.conversation_on
        assert round_.partner_name == "Petra Visser"
        db.session.remove()
        db.engine.dispose()


def test_a_counted_round_of_before_was_not_strict_and_can_be_redacted_after_the_upgrade(tmp_path: Path) -> None:
    app = create_app(Settings.from_environment({"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"}))
    with app.app_context():
        migrate_to("0003")
        for statement in BEFORE:
            db.session.execute(text(statement))
        db.session.commit()
        migrate_to(newest_version())
        [round_] = rounds_of("c")
        assert not round_.strict
        assert round_.self_assessment is not None
        entry = Redaction(round_id="r", redacted_at=now(), voice="bank", old_digest="a" * 64, new_digest="b" * 64)
        db.session.add(entry)
        db.session.commit()
        assert redactions_of("r") == [entry]
        db.session.remove()
        db.engine.dispose()


def test_a_mirror_of_before_is_shared_with_nobody_until_the_owner_does_so_after_the_upgrade(tmp_path: Path) -> None:
    app = create_app(Settings.from_environment({"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"}))
    with app.app_context():
        migrate_to("0004")
        for statement in BEFORE:
            db.session.execute(text(statement))
        db.session.commit()
        migrate_to(newest_version())
        [round_] = rounds_of("c")
        company = db.session.get_one(Company, "c")
        assert sharing.what_happened(round_, now()) == []
        petra = sharing.let_in(company, "Petra Visser", "petra@visser-mentoring.example")
        grant = sharing.share_mirror(round_, petra, sharing.Scope.WORDS, today() + sharing.USUAL_TIME, now())
        assert sharing.people_around(round_)[0].mirror == grant
        db.session.remove()
        db.engine.dispose()


def test_a_round_of_before_has_no_facts_and_can_have_them_after_the_upgrade(tmp_path: Path) -> None:
    app = create_app(Settings.from_environment({"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"}))
    with app.app_context():
        migrate_to("0006")
        for statement in BEFORE:
            db.session.execute(text(statement))
        db.session.commit()
        migrate_to(newest_version())
        assert facts_of_voices("r") == {}
        db.session.add(NamedFacts(round_id="r", voice="bank", document={"positive": "Netjes."}))
        db.session.commit()
        assert facts_of_voices("r") == {"bank": {"positive": "Netjes."}}
        db.session.remove()
        db.engine.dispose()


def test_a_round_of_before_was_a_full_mirror_and_a_kind_that_is_none_is_refused_after_the_upgrade(
    tmp_path: Path,
) -> None:
    app = create_app(Settings.from_environment({"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"}))
    with app.app_context():
        migrate_to("0007")
        for statement in BEFORE:
            db.session.execute(text(statement))
        db.session.commit()
        migrate_to(newest_version())
        [round_] = rounds_of("c")
        assert round_.kind == "mirror"
        round_.kind = "thermometer"
        db.session.commit()
        round_.kind = "shopping"
        with pytest.raises(IntegrityError, match="known_kind"):
            db.session.commit()
        db.session.rollback()
        round_.minimum = 4
        with pytest.raises(IntegrityError, match="never_below_five"):
            db.session.commit()
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


def test_a_round_that_was_locked_before_was_locked_by_nobody_known_and_keeps_its_lock(tmp_path: Path) -> None:
    app = create_app(Settings.from_environment({"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"}))
    with app.app_context():
        migrate_to("0008")
        for statement in BEFORE:
            db.session.execute(
                text(
                    statement.replace("closed_early, ", "strict, closed_early, ").replace(
                        " 0, '2026-11-21", " 1, 0, '2026-11-21"
                    )
                )
            )
        db.session.commit()
        migrate_to(newest_version())
        [round_] = rounds_of("c")
        assert round_.strict
        assert not round_.locked_by_partner
        db.session.remove()
        db.engine.dispose()


def test_a_worker_of_before_left_no_mark_and_one_after_the_upgrade_does(tmp_path: Path) -> None:
    app = create_app(Settings.from_environment({"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"}))
    with app.app_context():
        migrate_to("0009")
        for statement in BEFORE:
            db.session.execute(text(statement))
        db.session.commit()
        migrate_to(newest_version())
        assert len(rounds_of("c")) == 1
        assert not was_done_on("erasing", today())
        write_down("erasing", now())
        write_down("erasing", now())
        assert was_done_on("erasing", today())
        db.session.remove()
        db.engine.dispose()


def test_a_company_of_before_has_no_rhythm_and_can_have_one_with_an_address_book_after_the_upgrade(
    tmp_path: Path,
) -> None:
    app = create_app(Settings.from_environment({"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"}))
    with app.app_context():
        migrate_to("0010")
        for statement in BEFORE:
            db.session.execute(text(statement))
        db.session.execute(text("UPDATE round SET sent_at = '2026-11-02 08:00:00'"))
        db.session.execute(text("UPDATE account SET confirmed_at = '2026-11-01 08:00:00'"))
        db.session.commit()
        migrate_to(newest_version())
        [round_] = rounds_of("c")
        assert round_.turn is None
        assert rhythms_of("c") == []
        company, karin = db.session.get_one(Company, "c"), db.session.get_one(Account, 1)
        address_book.keep(company, karin, {"bank": (Person("Joost Meijer", "joost@regiobank.example"),)})
        rhythm.switch_on(company, karin, "mirror", Every.QUARTER, now())
        assert [one.every for one in rhythms_of("c")] == ["quarter"]
        db.session.remove()
        db.engine.dispose()


def test_what_was_shared_as_the_cover_is_shared_as_its_sentences_after_the_upgrade(tmp_path: Path) -> None:
    app = create_app(Settings.from_environment({"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"}))
    with app.app_context():
        migrate_to("0005")
        for statement in (
            *BEFORE,
            "INSERT INTO confidant (id, company_id, name, address) VALUES ('p', 'c', 'Rob de Wit', 'rob@wit.example')",
            "INSERT INTO mirror_grant (id, confidant_id, round_id, scope, granted_at, ends_on) "
            "VALUES ('g', 'p', 'r', 'cover', '2026-11-22 09:00:00', '2099-01-01')",
            "INSERT INTO mirror_view (round_id, confidant_id, seen_on, what) VALUES ('r', 'p', '2026-11-23', 'cover')",
        ):
            db.session.execute(text(statement))
        db.session.commit()
        migrate_to(newest_version())
        [round_] = rounds_of("c")
        happened = [(event.kind, event.what) for event in sharing.what_happened(round_, now())]
        assert happened == [("opened", "sentences"), ("given", "sentences")]
        schema = " ".join(
            db.session.scalars(text("SELECT sql FROM sqlite_master WHERE tbl_name = 'mirror_grant' AND sql NOT NULL"))
        )
        assert "WHERE revoked_at IS NULL" in schema  # one grant at a time is still kept by the database
        assert schema.count("REFERENCES") == 2
        with pytest.raises(IntegrityError):
            db.session.execute(text("UPDATE mirror_grant SET scope = 'cover'"))
        db.session.remove()
        db.engine.dispose()


def test_an_owner_of_before_was_asked_no_points_and_can_type_a_scan_after_the_upgrade(tmp_path: Path) -> None:
    app = create_app(Settings.from_environment({"SURVEY_DATA": f"{tmp_path}/data", "SURVEY_KEYS": f"{tmp_path}/keys"}))
    with app.app_context():
        migrate_to("0012")
        for statement in BEFORE:
            db.session.execute(text(statement))
        db.session.commit()
        migrate_to(newest_version())
        [round_] = rounds_of("c")
        assert round_.self_assessment is not None
        assert round_.self_assessment.beside == {}
        assert not any(outside_scan.outcome_of(round_).values())
        typed = {"name": "Scan", "scanned_on": "september 2026", "score": "7,1", "scale": "1 tot 10"}
        outside_scan.keep(round_, typed)
        assert outside_scan.outcome_of(round_)["score"] == "7,1"
        db.session.remove()
        db.engine.dispose()
