"""Switches the guards of docs/trust.md off, one at a time, and shows that a named test notices each.

`python -m tests.guards` does all of them and writes docs/guards.md; `python -m tests.guards NAME...` does a few and
writes their rows only. A guard is switched off by other source text for its line, put in place while the module is
imported: nothing on disk changes.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

REPOSITORY = Path(__file__).parent.parent
PROMISES = REPOSITORY / "docs" / "trust.md"
OUTCOME = REPOSITORY / "docs" / "guards.md"
OFF = "GUARD_OFF"
ROW = re.compile(r"\| `(?P<name>[^`]+)` \| (?P<what>[^|]+) \| `(?P<code>[^`]+)` \| (?P<tests>[^|]+) \|")


@dataclass(frozen=True)
class Line:
    """A piece of a module's source, and what stands there when the guard is off."""

    module: str
    on: str
    off: str


@dataclass(frozen=True)
class Guard:
    """A row of docs/trust.md: a guard, what it does, the code that does it, and the tests that prove it."""

    name: str
    what: str
    code: str
    tests: tuple[str, ...]


SWITCHES: Mapping[str, Sequence[Line]] = {
    "sorting": (
        Line("survey.counting", "in sorted(ballots, key=lambda ballot: ballot.key):", "in ballots:"),
        Line("survey.store.ballots", "select(_ballot).order_by(_ballot.c.key)", "select(_ballot)"),
    ),
    "box destroyed": (Line("survey.counting", "    box.destroy()\n", ""),),
    "overwriting": (Line("survey.store.ballots", "            overwrite(file)\n", "            pass\n"),),
    "key destroyed": (Line("survey.counting", "    destroy_key(key_folders, round_.id)\n", ""),),
    "no old versions": (Line("survey.counting", "    leave_no_old_versions(GroupRow)\n", ""),),
    "secure delete": (Line("survey.store.database", "secure_delete = ON", "secure_delete = OFF"),),
    "participation forgotten": (Line("survey.counting", "    forget_participation(round_)\n", ""),),
    "sealing": (
        Line(
            "survey.store.ballots",
            "SUITE.encrypt(plain.ljust(BALLOT_BYTES), key, info=binding(edition, perspective))",
            "plain.ljust(BALLOT_BYTES)",
        ),
        Line(
            "survey.store.opening",
            "SUITE.decrypt(ballot.sealed, key, info=binding(ballot.edition, ballot.perspective))",
            "ballot.sealed",
        ),
    ),
    "equal size": (Line("survey.store.ballots", "plain.ljust(BALLOT_BYTES), key", "plain, key"),),
    "keys apart": (Line("survey.settings", "if folder.is_relative_to(data):", "if False:"),),
    "lock of strict mode": (
        Line(
            "survey.store.keys",
            "ChaCha20Poly1305(_stretched(word, salt)).encrypt(nonce, private.private_bytes_raw(), round_id.encode())",
            "private.private_bytes_raw()",
        ),
    ),
    "locked before sent": (
        Line("survey.rounds", "if round_.strict and (round_.public_key is None or not is_kept(", "if False and (("),
    ),
    "locked each time": (Line("survey.rhythm.keeping", "    if coming.repeats.strict:\n", "    if False:\n"),),
    "not guessed": (Line("survey.passphrases", "        raise PassphraseGuessable\n", "        pass\n"),),
    "ten tries": (
        Line("survey.web.passphrase_forms", 'count("passphrase", _who_tries(round_, desk), AN_HOUR, A_DAY)', "pass"),
    ),
    "thirty days": (Line("survey.store.rounds", "self.strict and moment >= end_of(self.unlocked_by)", "self.strict"),),
    "own lock": (Line("survey.locking", "        if mailbox(round_.partner_address) == mailbox(address)\n", ""),),
    "destroyed unread": (
        Line("survey.counting", "readable = cast if len(cast) >= round_.minimum else []", "readable = cast"),
    ),
    "five": (Line("survey.scoring.cells", "if valid < k:", "if valid < 1:"),),
    "never below five": (Line("survey.scoring.counting", "if k < METHOD.k:", "if k < 1:"),),
    "no early count": (Line("survey.counting", "if not over and not early:", "if False:"),),
    "one extension": (Line("survey.rounds", "        or round_.extended_from is not None\n", ""),),
    "counted once": (Line("survey.counting", "if round_.counted_at is None:\n        _w", "if True:\n        _w"),),
    "hash of before": (
        Line(
            "survey.redaction",
            "before, record.document, record.digest = record.digest, document, digest(document)",
            "before, record.document = record.digest, document",
        ),
    ),
    "hour of six": (Line("survey.duties", "now.astimezone(AMSTERDAM).hour != LOOK_AT_PARTICIPATION or ", ""),),
    "eight or more": (Line("survey.rounds", " and group.head_count >= CAUTION_BELOW", ""),),
    "eighty days": (Line("survey.rounds", "if abs(closes_on - other) < SPACING:", "if False:"),),
    "auditor": (
        Line(
            "survey.scoring.counting",
            "barred = {(finding.perspective, finding.item) for finding in audited.findings}",
            "barred: set[tuple[str, str]] = set()",
        ),
    ),
    "distance of owners": (
        Line(
            "survey.store.rounds",
            "or_(Round.company_id == company_id, Round.company_id.in_(companies), Round.subject_id.in_(owners))",
            "and_(Round.company_id == company_id)",
        ),
    ),
    "gate": (Line("survey.store.ballots", 'bindparam("slot"), _slot.c.used == 0)', 'bindparam("slot"))'),),
    "lid": (Line("survey.store.ballots", "if connection.scalar(_SHUT) != 0:", "if False:"),),
    "revoking": (Line("survey.rounds", "    box.stop_up(Slot(invitation.id))\n", ""),),
    "signed link": (
        Line(
            "survey.invitations",
            "self._serializer(purpose).loads(token)",
            "self._serializer(purpose).loads_unsafe(token)[1]",
        ),
    ),
    "immediate transaction": (Line("survey.store.database", 'else "BEGIN IMMEDIATE"', 'else "BEGIN"'),),
    "final withdrawal": (
        Line("survey.store.ballots", "            if slot is not None:\n", "            if False:\n"),
    ),
    "claim": (Line("survey.dispatch", "OutboxMail.id == mail_id, _is_free(now))", "OutboxMail.id == mail_id)"),),
    "once per turn": (
        Line(
            "survey.rhythm.coming",
            "since = max(rhythm.since, last.opens_on, _last_put_away(rhythm) or last.opens_on)",
            "since = rhythm.since",
        ),
    ),
    "fixed words": (Line("survey.logs", "    if _is_ours(record):\n        return", "    if True:\n        return"),),
    "no parameters in faults": (Line("survey.store.ballots", '{file}", hide_parameters=True)', '{file}")'),),
    "class only": (
        Line(
            "survey.web.errors",
            '"%s %s", code, kind, extra',
            '"%s %s", code, problem, extra',
        ),
    ),
    "told first": (
        Line(
            "survey.web.respondent.promise",
            '"promise_by_name" if answers_by_name(promise.perspective) else "promise"',
            '"promise"',
        ),
    ),
    "told in the mail": (Line("survey.letters", '"by_name": answers_by_name(perspective)', '"by_name": False'),),
    "own grant": (
        Line(
            "survey.sharing.seeing",
            "db.select(MirrorGrant).join(Confidant).where(Confidant.account_id == account_id)\n    grants",
            "db.select(MirrorGrant).join(Confidant)\n    grants",
        ),
    ),
    "one mirror": (
        Line("survey.sharing.seeing", "query.where(MirrorGrant.round_id == round_id).order_by(", "query.order_by("),
    ),
    "owner first": (Line("survey.sharing.scopes", " and self.round.opened_mirror_at is not None", ""),),
    "revoked": (Line("survey.sharing.scopes", " and grant.revoked_at is None", ""),),
    "last day": (
        Line("survey.sharing.scopes", "grant.revoked_at is None and day <= grant.ends_on", "grant.revoked_at is None"),
    ),
    "not for ever": (
        Line("survey.sharing.granting", "if not day_of(now) <= ends_on <= day_of(now) + LONGEST_TIME:", "if False:"),
    ),
    "words for the partner": (
        Line(
            "survey.sharing.granting",
            "if scope is Scope.WORDS and not is_partner(round_, confidant.address):",
            "if False:",
        ),
    ),
    "another partner": (
        Line(
            "survey.sharing.scopes",
            "if scope is Scope.WORDS and not is_partner(grant.round, grant.confidant.address):",
            "if False:",
        ),
    ),
    "taken out": (
        Line(
            "survey.mirror.copies",
            "replace(copy, texts=(), own_writings=(), release=replace(copy.release, texts=()))",
            "copy",
        ),
    ),
    "figures stay": (Line("survey.mirror.copies", "        beside=(),\n", ""),),
    "stamped copy": (Line("survey.mirror.copies", "        copy=SharedCopy(recipient, made_on),\n", ""),),
    "looks written down": (
        Line("survey.sharing.seeing", "        db.session.add(MirrorView(**key))\n", "        pass\n"),
    ),
    "own company": (
        Line(
            "survey.store.people",
            "query.where(Ownership.account_id == account_id, Company.id == company_id)",
            "query.where(Company.id == company_id)",
        ),
    ),
    "no formula": (Line("survey.outgoing.tables", "        return MAKES_TEXT + text\n", "        return text\n"),),
    "tables for the owner": (Line("survey.mirror.export", "        raise OnlyForTheOwner\n", "        pass\n"),),
    "deny fetcher": (
        Line(
            "survey.outgoing.pdf",
            '            self.refused = True\n            raise ValueError("not an asset of this page")\n',
            "            return super().fetch(url, headers)\n",
        ),
    ),
    "one line": (Line("survey.outgoing.mail", "unicodedata.category(character) in _NOT_SHOWN else", "False else"),),
    "backup of one moment": (
        Line("survey.store.backup", "reading.backup(writing)", "target.write_bytes(source.read_bytes())"),
    ),
    "lost rounds named": (Line("survey.store.backup", "if round_id not in kept_keys)", "if False)"),),
    "last words": (Line("survey.web.errors", "except Exception as worse:", "except ZeroDivisionError as worse:"),),
    "access table": (Line("survey.web.access", "        if not permission():\n", "        if False:\n"),),
    "default deny": (Line("survey.web.access", "PERMISSIONS.get(door, nobody)", "PERMISSIONS.get(door, anyone)"),),
    "asked beforehand": (Line("survey.web.access", "        if permission is not anyone:\n", "        if False:\n"),),
    "form token": (
        Line(
            "survey.web.protection",
            "    csrf.init_app(app)\n",
            "    csrf.init_app(app)\n    app.config['WTF_CSRF_CHECK_DEFAULT'] = False\n",
        ),
    ),
    "other sites": (Line("survey.web.protection", 'request.headers.get("Sec-Fetch-Site") == "cross-site"', "False"),),
    "own host": (
        Line(
            "survey.web.shell",
            'TRUSTED_HOSTS=[settings.host] if settings.host else ["127.0.0.1", "localhost", "[::1]"],',
            "TRUSTED_HOSTS=None,",
        ),
    ),
    "no way out": (Line("survey.web.protection", 'return path if stays else "/"', "return path"),),
    "limits": (Line("survey.web.protection", "    if not all(counted):\n", "    if False:\n"),),
    "wrong codes": (Line("survey.web.respondent.wrong_codes", "        count(what, who, allowed)\n", ""),),
    "same for nobody": (
        Line("survey.web.account.forms", "        _do_as_much_as_for_an_account(_account(address))\n", ""),
    ),
    "new session": (
        Line("survey.web.account.sign_in", "    user_logged_in.connect(_start_with_an_empty_session, app)\n", ""),
    ),
    "ended sessions": (
        Line("survey.web.account.sign_in", "    user_logged_out.connect(_end_every_session, app)\n", ""),
    ),
    "literally": (
        Line("survey.letters", '_Part("mail/as_html.html", escaped=True)', '_Part("mail/as_html.html", escaped=False)'),
        Line("survey.mirror.printing", "        autoescape=True,\n", "        autoescape=False,\n"),
    ),
    "policy": (
        Line(
            "survey.web.headers",
            '        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)\n',
            "",
        ),
    ),
    "forms only": (Line("survey.web.protection", "    if request.is_json:\n", "    if False:\n"),),
    "small spreadsheets": (
        Line(
            "survey.spreadsheets",
            "if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:",
            "if False:",
        ),
    ),
    "no programs": (
        Line("survey.spreadsheets", "    if packed or any(mark in name for mark in _PROGRAMS):\n", "    if False:\n"),
    ),
    "sixty days": (
        Line("survey.retention", "Round.closes_on <= today - KEPT_AFTER_CLOSE", "Round.closes_on <= today"),
    ),
}
"""Guard -> how to switch it off. The names are those of docs/trust.md, column "guard"."""


def guards() -> list[Guard]:
    """Every row "enforced by" of docs/trust.md."""
    rows = ROW.finditer(PROMISES.read_text(encoding="utf-8"))
    return [
        Guard(row["name"], row["what"].strip(), row["code"], tuple(re.findall(r"`([^`]+)`", row["tests"])))
        for row in rows
    ]


class _WithOtherLines(importlib.machinery.SourceFileLoader):
    """Compiles a module with other text for some of its lines; what was compiled before is not looked at."""

    def get_code(self, fullname: str) -> CodeType:
        source = Path(self.path).read_text(encoding="utf-8")
        for line in SWITCHES[os.environ[OFF]]:
            if line.module == fullname:
                assert source.count(line.on) == 1, f"{fullname} no longer has: {line.on}"
                source = source.replace(line.on, line.off)
        return compile(source, self.path, "exec", dont_inherit=True)


class _Switch(importlib.abc.MetaPathFinder):
    """Stands before the ordinary finders and hands out the modules in which a guard is off."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if all(line.module != fullname for line in SWITCHES[os.environ[OFF]]):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)  # type: ignore[arg-type]  # as it was given
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _WithOtherLines(fullname, spec.origin)
        return spec


if os.environ.get(OFF):
    sys.meta_path.insert(0, _Switch())


def notices(guard: Guard) -> str | None:
    """Run a guard's tests with the guard off; return the first that fails, nothing when none does."""
    command = [sys.executable, "-m", "pytest", "-p", "tests.guards", "-p", "no:cacheprovider", "-q", "-x", *guard.tests]
    done = subprocess.run(
        command, cwd=REPOSITORY, env={**os.environ, OFF: guard.name}, capture_output=True, text=True, check=False
    )
    failed = re.search(r"^(?:FAILED|ERROR) (tests/.+?)(?:\[.*)?(?: - .*)?$", done.stdout, re.MULTILINE)
    return failed[1] if failed else None


def kept() -> dict[str, str | None]:
    """What docs/guards.md says now: guard -> the test that noticed."""
    rows = re.findall(r"^\| ([^|]+) \| `[^|]+ \| (?:`([^`]+)`|\*\*nothing\*\*) \|$", OUTCOME.read_text(), re.MULTILINE)
    return {name: test or None for name, test in rows}


def outcome(noticed: Mapping[str, str | None]) -> Iterator[str]:
    """The table of docs/guards.md."""
    yield "# Guards, switched off one at a time"
    yield ""
    yield "Made by `python -m tests.guards`: each guard of [trust.md](trust.md) was switched off, the tests that are"
    yield "named beside it were run, and this is the test that failed first."
    yield ""
    yield "| guard | code | noticed by |"
    yield "|---|---|---|"
    for guard in guards():
        test = noticed.get(guard.name)
        yield f"| {guard.name} | `{guard.code}` | {f'`{test}`' if test else '**nothing**'} |"


def main(names: Sequence[str]) -> int:
    noticed = kept() if names else {}
    for guard in guards():
        if not names or guard.name in names:
            noticed[guard.name] = notices(guard)
            print(f"{guard.name:28}{noticed[guard.name] or 'NOT NOTICED'}", flush=True)
    OUTCOME.write_text("\n".join(outcome(noticed)) + "\n", encoding="utf-8")
    return int(any(noticed.get(guard.name) is None for guard in guards()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
