"""What one complete response costs: promise, start, list, send, thanks; in CPU and in bytes, beside a bare Flask floor.

    python -m benchmarks.respondent [--responses 400] [--batches 8]

Both run under the same server (waitress, four threads) in a process of their own and are asked in turn, batch by batch,
so that whatever else the machine does hits both; their CPU is read from the operating system. The floor is the least a
Flask form can cost: a page of 13 kB, 28 checked values, one committed row, a line of thanks; no links, no sealing, no
templates. Goal: 10 ms a response and a quarter of the floor's speed; moonshot: 3.2 ms and half of it. Linux only.
"""

import argparse
import gzip
import http.client
import re
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import brotli
from flask import Flask, request
from waitress.server import create_server

from survey import clock, create_app, rounds, story
from survey.installation import installation
from survey.questionnaires import load
from survey.rounds import GroupPlan, Person
from survey.settings import Settings
from survey.store.database import db
from survey.store.people import Account, Company, invitations_of
from survey.store.schema import bring_up_to_date

EDITION = "spiegel-1"
QUESTIONS = 28
FLOOR_PAGE = 13_000


@dataclass(frozen=True)
class Served:
    """An app in a process of its own: where it listens, whose CPU to read, and the links to walk."""

    port: int
    process: int
    links: list[str]

    def cpu_ms(self) -> float:
        """Return the CPU time that the process has used so far, in milliseconds."""
        threads = Path(f"/proc/{self.process}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1_000_000


class Browser:
    """Keeps one connection and one cookie, and counts bytes as they come over the wire."""

    def __init__(self, port: int, encoding: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = {"Accept-Encoding": encoding, "Content-Type": "application/x-www-form-urlencoded"}
        self.bytes: dict[str, int] = {}

    def ask(self, name: str, method: str, path: str, **form: str) -> str:
        """Return the page; what it weighed is kept under its name."""
        self._connection.request(method, path, urlencode(form) or None, self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        self.bytes[name] = len(body)
        if answer.status >= 400:
            raise SystemExit(f"{method} {path} was answered with {answer.status}")
        if cookie := answer.headers["Set-Cookie"]:
            self._headers["Cookie"] = cookie.partition(";")[0]
        opened = {"br": brotli.decompress, "gzip": gzip.decompress}.get(answer.headers["Content-Encoding"] or "", bytes)
        text: str = opened(body).decode()
        return text


def product(pipe: Connection, responses: int) -> None:
    """Serve the product with one round that invites as many people as there will be responses."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_environment({"SURVEY_DATA": f"{folder}/data", "SURVEY_KEYS": f"{folder}/keys"})
        app = create_app(settings)
        bring_up_to_date(app)
        _serve(app, pipe, _links(app, responses))


def _links(app: Flask, responses: int) -> list[str]:
    with app.app_context():
        house = installation(app)
        karin = Account(email=story.OWNER.address, name=story.OWNER.name, confirmed_at=clock.now())
        company = Company(name=story.COMPANY, owners=[karin])
        db.session.add(company)
        db.session.commit()
        people = tuple(Person(f"Bakker {number}", f"b{number}@bakkerij.example") for number in range(responses))
        plan = replace(story.plan(clock.today() + timedelta(days=15)), groups=(GroupPlan("employees", people),))
        round_ = rounds.prepare(company, karin, plan)
        rounds.send(round_, karin, house.boxes.of(round_.id), house.settings.keys, clock.now())
        return ["/" + house.links.invitation(one.id).split("/", 3)[3] for one in invitations_of(round_.id)]


def floor(pipe: Connection, responses: int) -> None:
    """Serve the least that a Flask form can cost."""
    app = Flask(__name__)
    radios = "".join(f"<input type=radio name=q{number} value=1>" for number in range(QUESTIONS))
    own = threading.local()
    page = f"<!doctype html><form method=post>{radios}</form>".ljust(FLOOR_PAGE)

    @app.route("/f", methods=["GET", "POST"])
    def form() -> str:
        if request.method == "GET":
            return page
        values = [request.form.get(f"q{number}", "") for number in range(QUESTIONS)]
        assert set(values) <= set("12345")
        if not hasattr(own, "box"):
            own.box = sqlite3.connect(file, isolation_level=None, timeout=30)
            own.box.execute("pragma synchronous=full")
        own.box.execute("insert into response (answers) values (?)", ("".join(values),))
        return "Dank je wel"

    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/floor.db"
        with sqlite3.connect(file) as box:
            box.execute("pragma journal_mode=wal")
            box.execute("create table response (id integer primary key, answers text)")
        _serve(app, pipe, ["/f"] * responses)


def _serve(app: Flask, pipe: Connection, links: list[str]) -> None:
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    pipe.send((server.effective_port, links))
    server.run()


@contextmanager
def served(serve: Callable[[Connection, int], None], responses: int) -> Iterator[Served]:
    """Run an app in a process of its own for as long as the block lasts."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, responses), daemon=True)
    process.start()
    there.close()  # so that a process that fails ends the waiting
    try:
        port, links = here.recv()
        assert process.pid is not None
        yield Served(port, process.pid, links)
    finally:
        process.terminate()
        process.join()


def respond(to: Served, link: str, encoding: str = "br, gzip") -> dict[str, int]:
    """Walk the whole road of a respondent; return the bytes of each page."""
    browser = Browser(to.port, encoding)
    browser.ask("promise", "GET", link)
    browser.ask("start", "POST", link, taal="nl", do="start")
    start = re.search(r'name="start" value="([^"]+)"', browser.ask("list", "GET", "/lijst"))
    assert start is not None
    answers = {item.id: "4" for item in load(EDITION).items}
    browser.ask("thanks", "POST", "/lijst", start=unescape(start[1]), taal="nl", goes_well="Het brood.", **answers)
    return browser.bytes


def respond_to_floor(to: Served, link: str) -> None:
    """Open the bare form and send it."""
    browser = Browser(to.port, "identity")
    browser.ask("list", "GET", link)
    browser.ask("thanks", "POST", link, **{f"q{number}": "4" for number in range(QUESTIONS)})


def cost(of: Served, walk: Callable[[Served, str], object], links: list[str]) -> float:
    """Return the CPU per response of one batch, in milliseconds."""
    before = of.cpu_ms()
    for link in links:
        walk(of, link)
    return (of.cpu_ms() - before) / len(links)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--responses", type=int, default=400)
    parser.add_argument("--batches", type=int, default=8)
    asked = parser.parse_args()
    size = asked.responses // asked.batches
    with served(product, asked.responses + 20) as house, served(floor, asked.responses + 20) as bare:
        weights = {encoding: respond(house, house.links.pop(), encoding) for encoding in ("gzip", "br")}
        cost(house, respond, [house.links.pop() for _ in range(10)])
        cost(bare, respond_to_floor, [bare.links.pop() for _ in range(10)])
        ours, floors = [], []
        for _ in range(asked.batches):
            ours.append(cost(house, respond, [house.links.pop() for _ in range(size)]))
            floors.append(cost(bare, respond_to_floor, [bare.links.pop() for _ in range(size)]))
    for encoding, pages in weights.items():
        together = pages["promise"] + pages["list"]
        print(f"bytes, {encoding:4}  promise {pages['promise']}, list {pages['list']}, together {together}")
    ratio = median(ours) / median(floors)
    print(f"CPU a response: {median(ours):.2f} ms; floor {median(floors):.2f} ms; ratio {ratio:.1f}")


if __name__ == "__main__":
    sys.exit(main())
