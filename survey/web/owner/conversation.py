"""Session mode: owner and conversation partner at one table, one question at a time. First guess, then see.

It runs in the account of the owner whose mirror it is. Whether the partner may see anything of it elsewhere is decided
elsewhere. It must not compute anything of the results: the mirror report is finished when it comes here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from flask import redirect, request, url_for
from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response

from survey import conversation
from survey.conversation import (
    MOST_TOPICS,
    STEPS,
    NothingToTalkAbout,
    PlaceUnknown,
    Sheet,
    TextTooLong,
    TooManyTopics,
    TopicUnknown,
)
from survey.conversation.sheet import AGREED, ENOUGH_FOR_ONCE, GUESS, TOPICS, agreement_place, note_place
from survey.installation import installation
from survey.mirror import MirrorReport, NotCounted, OwnViewMissing, mirror_of, open_mirror, to_talk_about
from survey.mirror.marks import Mark
from survey.mirror.reports import Row, Statement, Strip, ThemeView
from survey.mirror.words import words_in
from survey.questionnaires import ConversationWords, load, load_conversation
from survey.scoring import Level
from survey.store.kept_texts import Draft, Kept
from survey.store.rounds import Round
from survey.web.access import NotYours, current_account, own_company, own_round
from survey.web.languages import gettext as _
from survey.web.languages import language
from survey.web.owner import sheet_words, written
from survey.web.owner.door import door, show
from survey.web.owner.mirror import figure
from survey.web.owner.written import Apart, Desk

STEP_IDS: Final = tuple(step.id for step in STEPS)
UNPROCESSABLE = 422


class NoMirrorYet(Exception):
    """There is nothing to talk about: go back to the round."""


@dataclass(frozen=True)
class Offered:
    """One topic that the mirror offers. kind: "difference", "concern" or "hidden". facts_first: else empty."""

    item: str
    kind: str
    label: str
    statement: Statement
    question: str
    facts_first: str


@dataclass(frozen=True)
class Numeral:
    """One of the three large numbers."""

    text: str
    label: str
    is_own: bool = False


@dataclass(frozen=True)
class Progress:
    """A chosen topic in the list on the first page."""

    number: int
    label: str
    is_begun: bool


@dataclass(frozen=True)
class Table:
    """All that the pages of one session need: the round, its mirror, what was written, and the words."""

    round_: Round
    report: MirrorReport
    sheet: Sheet
    words: ConversationWords

    @property
    def offered(self) -> tuple[Offered, ...]:
        """What can be talked about, differences first."""
        return tuple(_offered(self.report, self.words))

    @property
    def chosen(self) -> tuple[Offered, ...]:
        """The chosen topics in their order; one that the mirror no longer offers is left out."""
        by_item = {topic.item: topic for topic in self.offered}
        return tuple(by_item[item] for item in self.sheet.topics if item in by_item)


@door.get("/ronde/<round_id>/gesprek")
def talk(round_id: str) -> str | Response:
    """Show where the conversation stands, and go on."""
    round_ = subjects_round(round_id)
    try:
        table = table_of(round_)
    except NoMirrorYet:
        return redirect(url_for(".round_", round_id=round_.id), 303)
    topics = [
        Progress(number, topic.label, table.sheet.is_begun(topic.item))
        for number, topic in enumerate(table.chosen, start=1)
    ]
    meeting = conversation.meeting_of(round_, "conversation")
    agreed = conversation.agreements_of(round_)
    return _show("talk", round_, topics=topics, meeting=meeting, agreed=agreed, guessed=bool(table.sheet.guess))


@door.get("/ronde/<round_id>/gesprek/raden")
def guess(round_id: str) -> Response:
    """Ask where the owner expects the largest difference, before anything is seen."""
    table = table_of(subjects_round(round_id))
    themes = [theme for half in table.report.halves for theme in half.themes]
    return _written("talk_guess", table, themes=themes, held=table.sheet.at(GUESS), group=_most_asked(table))


@door.post("/ronde/<round_id>/gesprek/raden")
def reveal(round_id: str) -> Response:
    """Keep the guess and open the mirror, together, from now on."""
    round_ = subjects_round(round_id)
    table_of(round_)
    open_mirror(round_, installation().clock())
    return written.answer(_desk(round_), url_for(".seen", round_id=round_.id))


@door.get("/ronde/<round_id>/gesprek/zien")
def seen(round_id: str) -> Response:
    """Show where the largest difference is, and let the topics be chosen."""
    table = table_of(subjects_round(round_id))
    if table.round_.opened_mirror_at is None:
        return redirect(url_for(".guess", round_id=round_id), 303)
    return _choosing(table)


@door.post("/ronde/<round_id>/gesprek/zien")
def choose_topics(round_id: str) -> Response:
    """Choose up to three topics and begin with the first."""
    round_ = subjects_round(round_id)
    table = table_of(round_)
    chosen = request.form.getlist("topic")
    if not chosen:
        return _choosing(table, _("Kies minstens één onderwerp."))
    version = request.form.get(f"v.{TOPICS}", "0")
    try:
        kept = conversation.choose_topics(
            round_, chosen, [topic.item for topic in table.offered], int(version) if version.isdecimal() else 0
        )
    except TooManyTopics:
        return _choosing(table, _("Kies er hooguit drie. Meer past niet in één gesprek."), chosen)
    except TopicUnknown as unknown:
        raise BadRequest from unknown
    following = url_for(".topic", round_id=round_.id, number=1, step=STEP_IDS[0])
    if kept.apart:
        drafts = {TOPICS: Draft(" ".join(chosen), 0)}
        return written.both_texts(_desk(round_), kept, drafts, following)
    return redirect(following, 303)


@door.get("/ronde/<round_id>/gesprek/<int:number>/<step>")
def topic(round_id: str, number: int, step: str) -> Response:
    """Show one question about one topic: its picture, its numbers, a note and an agreement."""
    table = table_of(subjects_round(round_id))
    if table.round_.opened_mirror_at is None:
        return redirect(url_for(".guess", round_id=round_id), 303)
    if step not in STEP_IDS or not 1 <= number <= len(table.chosen):
        raise NotFound
    about, place = table.chosen[number - 1], STEP_IDS.index(step)
    words = sheet_words.step_words(step)
    own_question = step == "recognise" and about.question
    return _written(
        "talk_topic",
        table,
        about=about,
        number=number,
        of_topics=len(table.chosen),
        place=place + 1,
        of_steps=len(STEPS),
        step=STEPS[place],
        words=words,
        question=about.question if own_question else words.question,
        numerals=_numerals(table, about),
        note_places=[note_place(about.item, note) for note in STEPS[place].notes],
        agreed_places={part: agreement_place(about.item, part) for part in AGREED},
        agreed_words=sheet_words.agreed_words(),
        standings=sheet_words.standing_words(),
        following=_following(table, number, place),
        following_topic=place == len(STEPS) - 1 and number < len(table.chosen),
        back=_back(table, number, place),
        may_stop=place >= STEP_IDS.index(ENOUGH_FOR_ONCE),
    )


@door.get("/ronde/<round_id>/gesprek/afronden")
def round_off(round_id: str) -> Response:
    """Ask what will be told back and to whom, and when one meets again."""
    table = table_of(subjects_round(round_id))
    return _written(
        "talk_close",
        table,
        agreed=conversation.agreements_of(table.round_),
        meeting=conversation.meeting_of(table.round_, "next_round"),
        topic_name=partial(sheet_words.topic_name, words=table.words, language=language()),
    )


@door.post("/ronde/<round_id>/gesprek/bewaar")
def keep_conversation(round_id: str) -> Response:
    """Keep what was typed anywhere on the sheet, for a script or for a button."""
    round_ = subjects_round(round_id)
    return written.answer(_desk(round_), url_for(".talk", round_id=round_.id))


def subjects_round(round_id: str) -> Round:
    """Return the round when the account that is signed in is the owner it mirrors; another owner is not enough."""
    round_ = own_round(round_id)
    if round_.subject_id != current_account().id:
        raise NotYours
    return round_


def table_of(round_: Round) -> Table:
    """Return the mirror of a round and what was written about it. Raises NoMirrorYet."""
    try:
        report = mirror_of(round_, own_company(round_.company_id).name, language())
    except (NotCounted, OwnViewMissing) as nothing:
        raise NoMirrorYet from nothing
    return Table(round_, report, conversation.sheet_of(round_), load_conversation(round_.questionnaire))


@door.errorhandler(NoMirrorYet)
def go_back_to_the_round(_refusal: NoMirrorYet) -> Response:
    """Nothing can be seen here yet: the round says how it stands."""
    return redirect(url_for("owner.round_", round_id=(request.view_args or {})["round_id"]), 303)


def keep(round_: Round, drafts: Mapping[str, Draft]) -> Kept:
    """Keep drafts of a form; what no form of ours sends is a bad request."""
    try:
        return conversation.keep(round_, drafts)
    except PlaceUnknown as unknown:
        raise BadRequest from unknown
    except TextTooLong as long:
        raise RequestEntityTooLarge from long
    except NothingToTalkAbout as nothing:
        raise NoMirrorYet from nothing


def desk_of(round_: Round, address: str) -> Desk:
    """Return where the texts of a round are kept, by way of this address."""
    words = load_conversation(round_.questionnaire)

    def in_words(place: str, text: str) -> str | None:
        if place == TOPICS:
            return ", ".join(sheet_words.topic_name(item, words, language()) for item in text.split())
        if place == GUESS:
            return words.edition.theme_name(text, language()) if text else ""
        return sheet_words.text_in_words(place, text)

    def both(found: list[Apart], following: str) -> str:
        return show("two_texts", own_company(round_.company_id), round_, found=found, following=following, send=address)

    def name(place: str) -> str:
        return sheet_words.place_in_words(place, words, language())

    return Desk(partial(keep, round_), name, in_words, both)


def _desk(round_: Round) -> Desk:
    return desk_of(round_, keeping_address(round_))


def keeping_address(round_: Round) -> str:
    """Return where a script or a button sends what was typed."""
    return url_for(".keep_conversation", round_id=round_.id)


def _show(template: str, round_: Round, **values: object) -> str:
    return show(template, own_company(round_.company_id), round_, here="talk", **values)


def _written(template: str, table: Table, **values: object) -> Response:
    """Return a page on which is written."""
    html = _show(
        template,
        table.round_,
        report=table.report,
        sheet=table.sheet,
        w=words_in(table.report.language),
        figure=figure,
        meeting_on=conversation.meeting_of(table.round_, "conversation").day,
        keep_at=keeping_address(table.round_),
        settled=written.settled(),
        **values,
    )
    return written.page(html)


def _choosing(table: Table, problem: str = "", chosen: list[str] | None = None) -> Response:
    largest = _largest(table.report)
    ticked = chosen if chosen is not None else list(table.sheet.topics)
    response = _written(
        "talk_seen",
        table,
        guessed=_theme_named(table.report, table.sheet.guess),
        largest=largest,
        is_compared=_is_compared(table.report),
        numerals=_theme_numerals(largest) if largest else (),
        ticked=ticked or [topic.item for topic in table.offered if topic.kind == "difference"],
        held=table.sheet.at(TOPICS),
        offered=table.offered,
        problem=problem,
        most=MOST_TOPICS,
        group=_most_asked(table),
    )
    response.status_code = UNPROCESSABLE if problem else 200
    return response


def _offered(report: MirrorReport, words: ConversationWords) -> Iterator[Offered]:
    for offer in to_talk_about(report):
        block, label = offer.block, words.label(offer.item, report.language)
        yield Offered(offer.item, offer.kind, label, block.statement, block.question, block.facts_first)


def _largest(report: MirrorReport) -> ThemeView | None:
    """Return the theme of the first difference of the report: the largest, as its first page says too."""
    return next((theme for block in report.differences if (theme := _theme_of(report, block.statement))), None)


def _is_compared(report: MirrorReport) -> bool:
    """Say whether any theme of the owner could be laid beside that of somebody else."""
    return any(verdict.level is Level.THEME and verdict.gap is not None for verdict in report.verdicts)


def _theme_of(report: MirrorReport, statement: Statement) -> ThemeView | None:
    theme_id = load(report.facts.edition).item(statement.item).theme
    if report.feeling is not None and report.feeling.id == theme_id:
        return report.feeling
    return _theme_named(report, theme_id)


def _theme_named(report: MirrorReport, theme_id: str) -> ThemeView | None:
    return next((theme for half in report.halves for theme in half.themes if theme.id == theme_id), None)


def _most_asked(table: Table) -> str:
    """Return whom the owner compares with: the group, or "the others" when there is none."""
    groups = [speaker.spoken for speaker in table.report.voices if speaker.is_group and speaker.answered]
    return groups[0] if groups else _("de anderen")


def _numerals(table: Table, about: Offered) -> tuple[Numeral, ...]:
    """Return I, what I thought of them, and they: of a statement the expectation is that of its theme."""
    strip = about.statement.strip
    if strip.of_expectations:
        return _of_expectation(strip)
    theme = _theme_named(table.report, table.words.edition.item(about.item).theme)
    return _three(strip, theme.strip if theme else None, theme.name if theme else "")


def _of_expectation(strip: Strip) -> tuple[Numeral, ...]:
    row = _leading(strip)
    if row is None:
        return ()
    return (
        Numeral(str(row.expected), _("jij dacht: %(voice)s", voice=row.speaker.spoken), is_own=True),
        Numeral(_plain(row), row.speaker.spoken),
    )


def _theme_numerals(theme: ThemeView) -> tuple[Numeral, ...]:
    return _three(theme.strip, theme.strip, "")


def _three(strip: Strip, expected_in: Strip | None, over: str) -> tuple[Numeral, ...]:
    row = _leading(strip, of_theme=strip is expected_in)
    own = Numeral(strip.own_text, _("jij"), is_own=True)
    if row is None:
        return (own,)
    expected = next(
        (one.expected for one in (expected_in.rows if expected_in else ()) if one.speaker == row.speaker), None
    )
    if expected is None:
        return own, Numeral(_plain(row), row.speaker.spoken)
    label = _("jij dacht: %(voice)s", voice=row.speaker.spoken)
    if over:
        label = _("jij dacht: %(voice)s, over heel %(theme)s", voice=row.speaker.spoken, theme=over)
    return own, Numeral(str(expected), label, is_own=True), Numeral(_plain(row), row.speaker.spoken)


def _leading(strip: Strip, *, of_theme: bool = False) -> Row | None:
    """Return the voice to put beside the owner.

    Of a theme the group, because the guess was about the group; of a statement a voice with whom the rule speaks.
    """
    said = [row for row in strip.rows if isinstance(row.said, Mark)]
    if of_theme:
        return min(said, key=lambda row: (not row.speaker.is_group, not row.speaks), default=None)
    return min(said, key=lambda row: (not row.speaks, not row.speaker.is_group), default=None)


def _plain(row: Row) -> str:
    return row.said.plain if isinstance(row.said, Mark) else row.said.text


def _following(table: Table, number: int, place: int) -> str:
    if place + 1 < len(STEPS):
        return url_for(".topic", round_id=table.round_.id, number=number, step=STEP_IDS[place + 1])
    if number < len(table.chosen):
        return url_for(".topic", round_id=table.round_.id, number=number + 1, step=STEP_IDS[0])
    return url_for(".round_off", round_id=table.round_.id)


def _back(table: Table, number: int, place: int) -> str:
    if place:
        return url_for(".topic", round_id=table.round_.id, number=number, step=STEP_IDS[place - 1])
    if number > 1:
        return url_for(".topic", round_id=table.round_.id, number=number - 1, step=STEP_IDS[-1])
    return url_for(".seen", round_id=table.round_.id)
