"""Holds up the mirror: a release, the owner's own view and the facts of the round become a report.

A function of those three and of nothing else: two rounds with the same release give the same report to the letter.
It must not know how a report is drawn.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from survey.mirror.facts import EarlierMirror, LookBack, OwnView, RoundFacts
from survey.mirror.marks import Absent, Mark, Said, mark_over, said_of_item, said_of_theme
from survey.mirror.reports import (
    Half,
    MirrorReport,
    Opening,
    OwnWriting,
    Party,
    QuestionTexts,
    Row,
    Seen,
    SightRow,
    SinceLastTime,
    Statement,
    Strip,
    ThemeStatements,
    ThemeView,
    TopicBlock,
    Written,
)
from survey.mirror.sentences import expectation_met, feelings_apart, marks_named, of_a_statement, persons_apart, row_of
from survey.mirror.since import Statements, since_last_time
from survey.mirror.speakers import Speaker, speakers_of
from survey.mirror.topics import SPEAKS, Direction, Topic, Topics, choose
from survey.mirror.words import Words, in_fours, words_in
from survey.questionnaires import ConversationWords, Item, Questionnaire, load, load_conversation
from survey.scoring import (
    METHOD,
    OVERALL,
    REMOVED,
    Level,
    Release,
    Sight,
    SuppressedCell,
    Verdict,
    own_theme_mark,
    verdicts,
)

MOST_GUIDELINES: Final = 2

AROUND_THE_OWNER: Final = ("customers", "suppliers", "employees", "accountant", "bank", "adviser", "peer")
"""The parties of the force field (3SV report, annex 1); customers and suppliers are never asked."""

CURIOUS: Final = "seen_by_few"
AWAKE: Final = "needs_attention"
ONLY_AWAKE: Final = "awake"
"""The open questions that the owner answers about something else than the others do."""

SHARES: Final = {Sight.SEES: 1.0, Sight.PARTLY: 0.5, Sight.CANNOT_SEE: 0.0}
SIGHT_WORDS: Final = {Sight.SEES: "sight.sees", Sight.PARTLY: "sight.partly", Sight.CANNOT_SEE: "sight.cannot_see"}


def hold_up_mirror(
    release: Release,
    own: OwnView,
    facts: RoundFacts,
    language: str,
    look_back: LookBack | None = None,
    earlier: EarlierMirror | None = None,
) -> MirrorReport:
    """Return the whole report in this language. Raises KeyError for a language there are no words in.

    look_back: what was agreed about the mirror before; the report begins with it. earlier: the mirror before.
    """
    return _Mirror(release, own, facts, language, look_back, earlier).report()


class _Mirror:
    """The material of one report, looked at from all sides while it is made."""

    def __init__(
        self,
        release: Release,
        own: OwnView,
        facts: RoundFacts,
        language: str,
        look_back: LookBack | None,
        earlier: EarlierMirror | None,
    ) -> None:
        self.release = release
        self.own = own
        self.facts = facts
        self.language = language
        self.look_back = look_back if look_back and look_back.agreed else None
        self.earlier = earlier
        self.words: Words = words_in(language)
        self.edition: Questionnaire = load(facts.edition)
        self.conversation: ConversationWords = load_conversation(facts.edition)
        self.speakers = speakers_of(release, facts, self.words)
        released = {perspective.id for perspective in release.perspectives}
        self.on_strips = tuple(speaker for speaker in self.speakers if speaker.id in released)
        self.marks = _healthy_marks(release, own)
        self.predicted_items = tuple(item.id for item in self.edition.items if item.predicted)
        self.verdicts: tuple[Verdict, ...] = verdicts(release, own.answers, self._predictions(), self.predicted_items)
        self.speaking = {
            (verdict.level, verdict.id, verdict.perspective) for verdict in self.verdicts if verdict.word in SPEAKS
        }

    def report(self) -> MirrorReport:
        topics = choose(self.release, self.edition, self.marks, self.verdicts)
        return MirrorReport(
            language=self.language,
            facts=self.facts,
            season=self._when(self.facts.closes_on),
            scale_words=self.edition.scale_words(self.language),
            speakers=self.speakers,
            self_after_close=self.own.after_close,
            look_back=self.look_back,
            look_back_season=self._when(self.look_back.closed_on) if self.look_back else "",
            openings=tuple(self._openings(topics)),
            own_writings=tuple(self._own_writings()),
            shared_strengths=tuple(self._statement(topic.item) for topic in topics.shared_strengths),
            hidden_strengths=tuple(self._statement(topic.item) for topic in topics.hidden_strengths),
            strength_question=self._strength_question(topics),
            halves=tuple(self._halves()),
            feeling=self._feeling(),
            differences=tuple(self._block(topic) for topic in topics.differences),
            feelings=self._feelings(),
            shared_concerns=tuple(self._statement(topic.item) for topic in topics.shared_concerns),
            concern_question=self.conversation.general_question("shared_concern", self.language),
            sight=tuple(self._sight(theme.id) for theme in self.edition.themes if not self.edition.is_short),
            parties=tuple(self._parties()) if not self.edition.is_short else (),
            not_asked=tuple(self._not_asked()) if not self.edition.is_short else (),
            texts=tuple(self._texts()),
            guidelines=tuple(self._guidelines(topics)),
            since=self._since(self.earlier) if self.earlier else None,
            statements=tuple(self._all_statements()),
            notes=tuple(self._notes(topics)),
            method=tuple(self._method()),
            release=self.release,
            verdicts=self.verdicts,
        )

    def _when(self, day: date) -> str:
        """A mirror is called after its season; what can come every month, after its day."""
        return self.words.day(day) if self.edition.is_short else self.words.season(day)

    # --- strips -------------------------------------------------------------------------------------------------------

    def _statement(self, item_id: str) -> Statement:
        item = self.edition.item(item_id)
        return Statement(
            item=item.id,
            theme=self.edition.theme_name(item.theme, self.language),
            text=self._text_of(item),
            is_reversed=item.reverse,
            strip=self._expected_strip(item) if item.predicted else self._strip(item),
        )

    def _text_of(self, item: Item) -> str:
        role = self.speakers[0].perspective if self.speakers else "self"
        return self.edition.statement(item.id, self.language, role, self.facts.first_name)

    def _strip(self, item: Item) -> Strip:
        rows = tuple(
            Row(speaker, self._said(speaker, item), self._speaks(Level.ITEM, item.id, speaker))
            for speaker in self.on_strips
        )
        own = self.marks.get(item.id)
        return Strip(rows, own, self._own_text(own, 0), *item.scale)

    def _expected_strip(self, item: Item) -> Strip:
        rows = tuple(
            Row(
                speaker,
                self._said(speaker, item),
                self._speaks(Level.PREDICTION, item.id, speaker),
                self._expected(speaker, item.id),
            )
            for speaker in self.on_strips
        )
        return Strip(rows, None, "", *item.scale)

    def _said(self, speaker: Speaker, item: Item) -> Said:
        if speaker.perspective not in item.asked_of:
            return Absent(self.words("mark.not_asked"), is_sight=True, short="–")
        return said_of_item(self.release, speaker.id, item.id, self.words)

    def _theme(self, theme: str) -> ThemeView:
        mark = own_theme_mark(self.release.items, self.own.answers, theme, self.predicted_items)
        rows = tuple(self._theme_row(speaker, theme) for speaker in self.on_strips if self._is_asked(speaker, theme))
        own = mark.mean if mark else None
        asked = any(item.asked_of_self for item in self.edition.items_of(theme))
        said = self._own_text(own, 1) if asked else self.words("mark.not_asked")
        return ThemeView(theme, self.edition.theme_name(theme, self.language), Strip(rows, own, said))

    def _is_asked(self, speaker: Speaker, theme: str) -> bool:
        return any(speaker.perspective in item.asked_of for item in self.edition.items_of(theme))

    def _theme_row(self, speaker: Speaker, theme: str) -> Row:
        said = said_of_theme(self.release, speaker.id, theme, self.predicted_items, self.words)
        expected = self._expected(speaker, theme) if isinstance(said, Mark) else None
        return Row(speaker, said, self._speaks(Level.THEME, theme, speaker), expected)

    def _feeling(self) -> ThemeView | None:
        asked = self.edition.items_of(OVERALL)
        if not asked:
            return None
        item = asked[0]
        return ThemeView(OVERALL, self.edition.theme_name(OVERALL, self.language), self._strip(item))

    def _feelings(self) -> Opening | None:
        feeling = self._feeling() if self.edition.is_short else None
        if feeling is None or not (sentence := feelings_apart(feeling.strip, self.words)):
            return None
        [item] = self.edition.items_of(OVERALL)
        others = [mark.value for _, mark in persons_apart(feeling.strip)]
        own = feeling.strip.own or 0.0
        if min(others) < own < max(others):
            question = self.conversation.general_question("parties_disagree", self.language)
        else:
            direction: Direction = "self_higher" if own > max(others) else "self_lower"
            question = self.conversation.question(item.id, direction, self.language)
        return Opening(self.words("short.feeling"), sentence, "", "", question)

    def _halves(self) -> Iterator[Half]:
        if self.edition.is_short:
            return
        for axis in ("insight", "relation"):
            name, line = self.edition.axis_name(axis, self.language), self.edition.axis_line(axis, self.language)
            themes = tuple(self._theme(theme.id) for theme in self.edition.themes_of(axis))
            yield Half(self.words("picture.half", name=name, line=line), themes)

    def _own_text(self, own: float | None, places: int) -> str:
        return self.words("mark.not_answered") if own is None else self.words.decimal(own, places)

    def _speaks(self, level: Level, id: str, speaker: Speaker) -> bool:
        return (level, id, speaker.id) in self.speaking

    def _expected(self, speaker: Speaker, id: str) -> int | None:
        return self.own.predictions.get(speaker.perspective, {}).get(id)

    def _predictions(self) -> dict[str, Mapping[str, int]]:
        return {
            speaker.id: self.own.predictions[speaker.perspective]
            for speaker in self.on_strips
            if speaker.perspective in self.own.predictions
        }

    # --- topics and sentences -----------------------------------------------------------------------------------------

    def _openings(self, topics: Topics) -> Iterator[Opening]:
        largest = next((topic for topic in topics.differences if not topic.is_expectation), None)
        if largest:
            yield self._opening("difference", largest, self._question(largest))
        elif feelings := self._feelings():
            yield feelings
        strongest = next(iter(topics.shared_strengths), None)
        if strongest:
            yield self._opening("strength", strongest)
        yield from self._start(topics, largest)

    def _start(self, topics: Topics, largest: Topic | None) -> Iterator[Opening]:
        """Where to begin: at help that was not expected, else at what was not named yet."""
        for key, place, candidates in (
            ("start_expected", "differ", [topic for topic in topics.differences if topic.is_expectation]),
            ("start_difference", "differ", [topic for topic in topics.differences if topic is not largest]),
            ("start_concern", "agree", topics.shared_concerns),
            ("start_hidden", "well", topics.hidden_strengths),
        ):
            for topic in candidates[:1]:
                statement, row = self._statement(topic.item), self._leading_row(topic)
                before, after = of_a_statement(f"opening.{key}", statement, row, self.words)
                yield Opening(self.words("opening.start_label"), before, place, after, "")
                return

    def _opening(self, key: str, topic: Topic, question: str = "") -> Opening:
        (sentence,) = of_a_statement(
            f"opening.{key}", self._statement(topic.item), self._leading_row(topic), self.words
        )
        return Opening(self.words(f"opening.{key}_label"), sentence, "", "", question)

    def _leading_row(self, topic: Topic) -> Row:
        return row_of(self._statement(topic.item).strip.rows, topic.leader.perspective)

    def _block(self, topic: Topic) -> TopicBlock:
        item, statement = self.edition.item(topic.item), self._statement(topic.item)
        facts_first = self.conversation.facts_first_line(self.language) if item.kind == "hard" else ""
        to_owner, of_owner = (tuple(self._numbers(topic, statement, name)) for name in ("", self.facts.first_name))
        return TopicBlock(statement, to_owner, facts_first, self._question(topic), of_owner)

    def _numbers(self, topic: Topic, statement: Statement, owner: str) -> Iterator[str]:
        if topic.is_expectation:
            yield expectation_met(self._leading_row(topic), self.words, owner)
        else:
            yield marks_named(statement, self.words, owner)
            yield from self._expected_of_theme(self.edition.item(topic.item).theme, owner)

    def _question(self, topic: Topic) -> str:
        if topic.parties_disagree:
            return self.conversation.general_question("parties_disagree", self.language)
        return self.conversation.question(topic.item, topic.direction, self.language)

    def _expected_of_theme(self, theme: str, owner: str) -> Iterator[str]:
        """What was expected of a group for the theme as a whole, where it was not met."""
        for speaker in self.on_strips:
            expected = self._expected(speaker, theme)
            said = said_of_theme(self.release, speaker.id, theme, self.predicted_items, self.words)
            is_apart = (Level.PREDICTION, theme, speaker.id) in self.speaking
            if speaker.is_group and expected is not None and isinstance(said, Mark) and is_apart:
                yield self.words(
                    "differ.owner_expected_theme" if owner else "differ.expected_theme",
                    owner=owner,
                    theme=self.edition.theme_name(theme, self.language),
                    voice=speaker.spoken,
                    expected=expected,
                    mark=said.plain,
                )

    def _strength_question(self, topics: Topics) -> str:
        for topic in topics.hidden_strengths[:1]:
            return self.conversation.question(topic.item, topic.direction, self.language)
        return self.conversation.general_question("shared_strength", self.language)

    def _guidelines(self, topics: Topics) -> Iterator[str]:
        """At most two, by the order of the topics; a guideline stands once."""
        chosen: dict[int, None] = {}
        for topic in (*topics.differences, *topics.shared_concerns):
            for guideline in self.conversation.guidelines_for(topic.item)[:1]:
                chosen.setdefault(guideline.number)
        for number in list(chosen)[:MOST_GUIDELINES]:
            yield self.conversation.guideline(number, self.language)

    # --- who sees what, who stands around -----------------------------------------------------------------------------

    def _sight(self, theme: str) -> SightRow:
        name = self.edition.theme_name(theme, self.language)
        return SightRow(name, tuple(self._seen(speaker, theme) for speaker in self.on_strips))

    def _seen(self, speaker: Speaker, theme: str) -> Seen:
        if not self._is_asked(speaker, theme):
            return Seen(self.words("mark.not_asked"), 0)
        if not speaker.is_group:
            items = self.release.items_of(theme)
            judged = sum(not isinstance(self.release.cell(speaker.id, item.id), SuppressedCell) for item in items)
            if not judged:
                return Seen(self.words("sight.cannot_see"), 0)
            return Seen(self.words("sight.count", judged=judged, asked=len(items)), judged / len(items))
        for seen in self.release.visibility:
            if (seen.perspective, seen.theme) == (speaker.id, theme):
                return Seen(self.words(SIGHT_WORDS[seen.level]), SHARES[seen.level])
        return Seen(self.words("all.too_few"), 0)

    def _parties(self) -> Iterator[Party]:
        relation = [item.id for item in self.edition.items if item.axis == "relation" and item.referent == "owner"]
        for speaker in self.on_strips:
            yield Party(speaker, mark_over(self.release, speaker.id, relation, self.words))

    def _not_asked(self) -> Iterator[str]:
        for party in AROUND_THE_OWNER:
            if party not in self.facts.groups:
                yield self.words(f"party.{party}")

    # --- words --------------------------------------------------------------------------------------------------------

    def _own_writings(self) -> Iterator[OwnWriting]:
        for question, label in ((CURIOUS, "own.curious"), (AWAKE, "own.awake"), (ONLY_AWAKE, "own.awake")):
            if text := self.own.texts.get(question):
                yield OwnWriting(self.words(label), text)

    def _texts(self) -> Iterator[QuestionTexts]:
        role = self.speakers[0].perspective if self.speakers else "self"
        for question in self.edition.open_questions:
            written = tuple(self._written(question.id))
            if any(not each.is_own for each in written):
                asked = self.edition.open_question(question.id, self.language, role, self.facts.first_name)
                yield QuestionTexts(asked, written)

    def _written(self, question: str) -> Iterator[Written]:
        own = self.own.texts.get(question)
        if own and question not in (CURIOUS, AWAKE, ONLY_AWAKE):
            yield Written(self.words("mark.you"), True, (own,))
        for speaker in self.on_strips:
            for released in self.release.texts:
                if (released.perspective, released.question) == (speaker.id, question) and released.texts:
                    yield Written(speaker.label, False, tuple(map(self._as_printed, released.texts)))

    def _as_printed(self, text: str) -> str:
        """A text as it was written; what was taken out says so in the language of the report."""
        return self.words("words.removed") if text == REMOVED else text

    def _since(self, earlier: EarlierMirror) -> SinceLastTime:
        statements = Statements(
            theme=lambda theme: self.edition.theme_name(theme, self.language),
            text=lambda item: self._text_of(self.edition.item(item)),
        )
        since = since_last_time(earlier, self.release, self.own, self.facts, self.on_strips, statements, self.words)
        return replace(since, season=self._when(earlier.closed_on))

    # --- all statements -----------------------------------------------------------------------------------------------

    def _all_statements(self) -> Iterator[ThemeStatements]:
        for theme in (*(theme.id for theme in self.edition.themes), OVERALL):
            statements = tuple(self._statement(item.id) for item in self.edition.items_of(theme))
            if statements:
                yield ThemeStatements(self.edition.theme_name(theme, self.language), statements)

    def _notes(self, topics: Topics) -> Iterator[str]:
        words = self.words
        yield words("all.reversed")
        lettered = [speaker for speaker in self.on_strips if speaker.short != speaker.label]
        yield " ".join([words("all.absent"), *([words("all.bands")] if self._has_groups() else [])])
        if lettered:
            letters = words.listed([speaker.short for speaker in lettered])
            yield words("all.short_peers", letters=letters, names=words.listed([one.spoken for one in lettered]))
        told = {topic.item for topic in topics.differences}
        for item in self.predicted_items:
            if item in told:
                continue
            expected = [
                words("all.expected_of", voice=speaker.spoken, expected=mark)
                for speaker in self.on_strips
                if (mark := self._expected(speaker, item)) is not None
            ]
            if expected:
                statement = self._text_of(self.edition.item(item)).removesuffix(".")
                yield words("all.expected", statement=statement, expected=words.listed(expected))

    def _method(self) -> Iterator[str]:
        words, method = self.words, METHOD
        edition = words("all.edition", name=self.edition.name(self.language), digest=in_fours(self.facts.digest[:16]))
        if not self.edition.items:
            yield edition
            return
        groups = [speaker.label for speaker in self.on_strips if speaker.is_group]
        if groups:
            yield words(
                "all.shown",
                group=words.listed(groups),
                step=words.decimal(method.step),
                low=words.decimal(2),
                high=words.decimal(4),
                k=words.counted(self.release.k),
            )
        yield words(
            "all.counts",
            delta=words.decimal(method.delta, 0),
            p_flag=words.decimal(100 * method.p_flag, 0),
            clear=words.counted(int(method.clear_difference)),
        )
        constants = [
            words(f"constant.{name}", value=words.decimal(getattr(method, name), 2))
            for name in ("sigma", "sigma_theme", "sigma_self", "tau", "eps", "p_hint", "p_agree")
        ]
        yield words("all.constants", method=self.release.method, constants=", ".join(constants))
        yield edition

    def _has_groups(self) -> bool:
        return any(speaker.is_group for speaker in self.on_strips)


def _healthy_marks(release: Release, own: OwnView) -> dict[str, int]:
    return {
        item.id: item.healthy_side_up(answer)
        for item in release.items
        if isinstance(answer := own.answers.get(item.id), int)
    }
