"""A copy of a mirror for somebody else than its owner: with his name on every page, and less in it.

What is left out is out of the value itself, so that no page or paper can show it by mistake. Who may have a copy is
decided elsewhere.
"""

from dataclasses import replace
from datetime import date

from survey.mirror.reports import MirrorReport, SharedCopy


def copy_for(
    report: MirrorReport, recipient: str, made_on: date, *, with_words: bool, with_earlier: bool
) -> MirrorReport:
    """Return the copy of a report for one person.

    Without words nothing is in it that anybody wrote, the owner too. Without the earlier mirror nothing is in it of
    what was marked then: a grant is of one mirror. What was agreed before, and all that stands
    beside it (figures, what only named roles were asked, a scan from elsewhere), is the owner's and in no copy.
    """
    copy = replace(
        report,
        copy=SharedCopy(recipient, made_on),
        look_back=None,
        look_back_season="",
        beside=(),
        asked_by_name=None,
        scan=None,
    )
    if not with_earlier:
        copy = replace(copy, since=None)
    if with_words:
        return copy
    return replace(copy, texts=(), own_writings=(), release=replace(copy.release, texts=()))


def only_sentences(copy: MirrorReport) -> MirrorReport:
    """Return a copy with the three sentences and who answered, and nothing else that a page could show by mistake."""
    return replace(
        copy,
        own_writings=(),
        shared_strengths=(),
        hidden_strengths=(),
        halves=(),
        feeling=None,
        differences=(),
        feelings=None,
        shared_concerns=(),
        sight=(),
        parties=(),
        texts=(),
        guidelines=(),
        since=None,
        statements=(),
        verdicts=(),
        release=replace(copy.release, perspectives=(), cells=(), visibility=(), texts=()),
    )
