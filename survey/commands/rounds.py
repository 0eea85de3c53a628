"""`survey round`: what a provider's script types. Answers go to standard output, refusals are one sentence."""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import click

from survey import counting, locking, providers
from survey.clock import day_of
from survey.codes import in_groups
from survey.commands.starting import CannotStart, Refused, read_settings, start_app
from survey.counting import RoundNotClosed, RoundStillOpen, SealBroken
from survey.installation import Installation, installation
from survey.invitations import CardsAlreadyMade, NotSentYet, TooLateToReissue
from survey.mirror import (
    MirrorReport,
    NotCounted,
    OwnViewMissing,
    mirror_csv,
    mirror_workbook,
    report_pdf,
)
from survey.outgoing.pdf import PangoMissing
from survey.outgoing.tables import harmless
from survey.overview import FOR_A_PROVIDER, Asked, Stage, every_company
from survey.passphrases import PassphraseGuessable, PassphraseTooShort
from survey.providers import GroupOutcome, OperatorIsTheCompany, UnknownRound
from survey.queue import attach_queue
from survey.redaction import NothingReleased, TextUnknown, VoiceUnknown, redact_text, redact_voice
from survey.round_file import BadRoundFile, read_round_file
from survey.rounds import (
    KeyUsedForOtherRound,
    NobodyInvited,
    OwnerUnconfirmed,
    PassphraseAwaited,
    PlanRefused,
    RoundFrozen,
    TooLateToSend,
)
from survey.store.database import db
from survey.store.keys import KeyLocked, KeyLost, PassphraseWrong
from survey.store.people import Company
from survey.store.rounds import Round
from survey.whole_mirror import whole_mirror

SENTENCES: Final[dict[type[Exception], str]] = {
    UnknownRound: "there is no round with this id.",
    KeyUsedForOtherRound: "an earlier round file with this key had other content; nothing was created.",
    OwnerUnconfirmed: "the owner has not confirmed the address yet, so no mail can leave in that name.",
    RoundFrozen: "this round was sent or cancelled.",
    NobodyInvited: "nobody is invited in this round.",
    TooLateToSend: "the closing date of this round has passed.",
    PassphraseAwaited: "this round is in strict mode and not locked yet; lock it with `survey round lock`.",
    PassphraseTooShort: "a passphrase has at least twelve characters.",
    PassphraseGuessable: "this is guessed too soon; take four words that have nothing to do with each other.",
    NotSentYet: "the round was not sent yet; cards are made once the list is frozen.",
    CardsAlreadyMade: "the cards were made before and are shown once; --reissue makes new ones before the opening.",
    TooLateToReissue: "the round is open: how many cards come back would now show who took part.",
    OperatorIsTheCompany: "SURVEY_OPERATOR is the company itself, which cannot close its own round.",
    RoundStillOpen: "the round was not sent, or was cancelled.",
    KeyLocked: "this round is in strict mode: it is closed now, and counted with `survey round unlock`.",
    PassphraseWrong: "neither the passphrase nor the recovery code of this round; nothing was counted.",
    RoundNotClosed: "this round is not closed, or was cancelled.",
    NothingReleased: "nothing was published of this round.",
    VoiceUnknown: "nobody in what was published answered by this name.",
    TextUnknown: "this text is not in what was published.",
    KeyLost: "no SURVEY_KEYS folder holds the key of this round; its ballots can never be opened.",
    SealBroken: "a ballot does not open with the key of this round; nothing was counted and nothing destroyed.",
    NotCounted: "the round was not counted yet.",
    OwnViewMissing: "the owner's own answers are not in yet; until then nobody sees the results.",
}
"""Refusal -> what the terminal says. A refusal of a plan says it itself."""


WHY: Final = {
    "too_few_invited": "too few invited",
    "most_cannot_judge": "most cannot judge",
    "too_few_answers": "too few answers",
    providers.SKIPPED: "skipped",
}


@click.group("round")
def round_group() -> None:
    """Start, close and report rounds by script."""


@round_group.command()
@click.argument("file", type=click.File("rb"))
@click.option("--send", is_flag=True, help="Let the invitations leave, for an owner who confirmed the address.")
def create(file: IO[bytes], send: bool) -> None:
    """Create a round from a JSON FILE ("-" reads standard input) and print its id."""
    try:
        told = read_round_file(file.read().decode("utf-8"))
    except (BadRoundFile, UnicodeDecodeError) as bad:
        raise CannotStart(str(bad) if isinstance(bad, BadRoundFile) else "the round file is not UTF-8.") from bad
    with _house() as house:
        try:
            round_ = providers.start_round(told, house, send=send)
        except PlanRefused as refused:
            raise CannotStart(f"{_as_words(refused)}; nothing was created.") from refused
        click.echo(json.dumps({"round": round_.id}))


@round_group.command()
@click.argument("round_id", metavar="ID")
@click.option("--csv", "as_csv", is_flag=True, required=True, help="Print perspective, code and link of every card.")
@click.option("--reissue", is_flag=True, help="Make all cards anew, before the round opens; the old ones are void.")
def cards(round_id: str, as_csv: bool, reissue: bool) -> None:
    """Make the cards of round ID and print them, once."""
    with _house() as house:
        made = providers.cards(providers.round_with(round_id), house, reissue=reissue)
        rows = csv.writer(sys.stdout, lineterminator="\n")
        rows.writerow(("perspective", "code", "link"))
        rows.writerows((card.perspective, card.code, card.link) for card in made)


@round_group.command("list")
@click.option("--words", default="", help="Only companies with these words in their name.")
@click.option("--stage", type=click.Choice([stage.value for stage in FOR_A_PROVIDER]), help="Only those that stand so.")
def list_(words: str, stage: str | None) -> None:
    """Print as CSV where each company stands, what is due first: dates and stages, never an answer."""
    with _house() as house:
        today, asked = day_of(house.clock()), Asked(words, Stage(stage) if stage else None)
        rows = csv.writer(sys.stdout, lineterminator="\n")
        rows.writerow(("company", "stage", "day", "round"))
        for entry in every_company(asked, today):
            rows.writerow((harmless(entry.name), entry.stage.value, entry.day or "", entry.round_id or ""))


@round_group.command()
@click.argument("round_id", metavar="ID")
def close(round_id: str) -> None:
    """Close round ID and count it now. Before its date this is shown on every link and on the cover."""
    with _house() as house:
        round_ = providers.round_with(round_id)
        providers.close_now(round_, house)
        for outcome in providers.outcomes(round_):
            click.echo(f"{outcome.perspective}: {_in_words(outcome)}")


@round_group.command()
@click.argument("round_id", metavar="ID")
@click.option("--pdf", "target", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where to write.")
def report(round_id: str, target: Path) -> None:
    """Write the mirror of round ID as a PDF; refused until the owner's own answers are in."""
    with _house():
        document = report_pdf(_mirror(providers.round_with(round_id)))
    _write(target, document)


@round_group.command()
@click.argument("round_id", metavar="ID")
@click.option("--xlsx", type=click.Path(path_type=Path, dir_okay=False), help="Where to write it for Excel.")
@click.option("--csv", "as_csv", type=click.Path(path_type=Path, dir_okay=False), help="Where to write it as CSV.")
def export(round_id: str, xlsx: Path | None, as_csv: Path | None) -> None:
    """Write the mirror of round ID as tables: what was released per statement and voice, never a single answer."""
    wanted = [(target, make) for target, make in ((xlsx, mirror_workbook), (as_csv, mirror_csv)) if target is not None]
    if not wanted:
        raise CannotStart("give --xlsx or --csv, or both.")
    with _house():
        round_ = providers.round_with(round_id)
        report, own = _mirror(round_), round_.self_assessment
        files = [(target, make(report, own.predictions if own else {})) for target, make in wanted]
    for target, content in files:
        _write(target, content)


@round_group.command()
@click.argument("round_id", metavar="ID")
@click.password_option("--passphrase", help="Left out, it is asked for twice and not shown.")
def lock(round_id: str, passphrase: str) -> None:
    """Lock round ID before it is sent: its conversation partner types a passphrase, and keeps the code."""
    with _house() as house:
        code = locking.lock(providers.round_with(round_id), passphrase, house.settings.keys)
    click.echo("Locked. This code opens it too; it is shown once, and is for the conversation partner only:")
    click.echo(in_groups(code))


@round_group.command()
@click.argument("round_id", metavar="ID")
@click.password_option("--passphrase", confirmation_prompt=False, help="Left out, it is asked for and not shown.")
def unlock(round_id: str, passphrase: str) -> None:
    """Count the closed round ID in strict mode, with its passphrase or its recovery code."""
    with _house() as house:
        box = house.boxes.of(round_id)
        counting.count(providers.round_with(round_id), box, house.settings.keys, house.clock(), passphrase)
    click.echo("Counted.")


@round_group.command()
@click.argument("round_id", metavar="ID")
@click.option("--voice", help="Whose answers and name go: accountant, peer_2, ...")
@click.option("--text", nargs=3, metavar="GROUP QUESTION TEXT", help="Which one text goes: employees goes_well '...'")
def redact(round_id: str, voice: str | None, text: tuple[str, str, str] | None) -> None:
    """Take a named voice or one text out of what was published of round ID, because its person asks for it."""
    if (voice is None) == (text is None):
        raise CannotStart("give --voice or --text, and not both.")
    with _house() as house:
        round_ = providers.round_with(round_id)
        if voice is not None:
            redact_voice(round_, voice, house.clock())
        if text is not None:
            redact_text(round_, *text, house.clock())
        assert round_.release is not None
        click.echo(f"Taken out. What was published now has the hash {round_.release.digest}")


def _mirror(round_: Round) -> MirrorReport:
    company = db.session.get_one(Company, round_.company_id)
    return whole_mirror(round_, company.name, round_.language)


def _write(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError as refusal:
        raise CannotStart(f"{target} cannot be written: {refusal.strerror}.") from refusal
    click.echo(f"Written: {target}")


@contextmanager
def _house() -> Iterator[Installation]:
    """Open the installation for one command, and turn every refusal into its sentence."""
    app = start_app(read_settings())
    attach_queue(app)
    with app.app_context():
        try:
            yield installation(app)
        except PangoMissing as missing:
            raise Refused(str(missing)) from missing
        except tuple(SENTENCES) as refused:
            kind = (
                CannotStart if isinstance(refused, (KeyUsedForOtherRound, OwnerUnconfirmed, UnknownRound)) else Refused
            )
            raise kind(SENTENCES[type(refused)]) from refused
        finally:
            db.session.remove()
            db.engine.dispose()  # a command that is over holds no connection


def _in_words(outcome: GroupOutcome) -> str:
    if not outcome.released and not outcome.suppressed:
        return "no answer"
    reasons = [f"{count} not ({WHY[reason]})" for reason, count in outcome.suppressed.items()]
    return ", ".join([f"{outcome.released} released", *reasons])


def _as_words(refused: PlanRefused) -> str:
    fact = " ".join(line.strip() for line in (type(refused).__doc__ or "").splitlines()).rstrip(".")
    return f"{fact[:1].lower()}{fact[1:]}" + (f" ({refused})" if str(refused) else "")
