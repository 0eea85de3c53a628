"""The floor: the least that a form in Flask can cost, to express the product's cost as a ratio.

`python -m survey.bench.floor FILE` serves a page of 13 kB, takes 28 checked values, commits one row and says thanks. No
links, no sealing, no templates, no promise. It prints its port and answers until it is killed.
"""

import sqlite3
import sys
import threading
from typing import Final

import waitress
from flask import Flask, request

QUESTIONS: Final = tuple(f"q{number}" for number in range(28))
PAGE_BYTES: Final = 13_000
PATH: Final = "/f"


def floor(file: str) -> Flask:
    """Return the bare application; its rows go into this SQLite file."""
    app = Flask(__name__)
    own = threading.local()
    radios = "".join(f"<input type=radio name={name} value=1>" for name in QUESTIONS)
    page = f"<!doctype html><form method=post>{radios}</form>".ljust(PAGE_BYTES)
    with sqlite3.connect(file) as box:
        box.execute("pragma journal_mode = wal")
        box.execute("create table response (id integer primary key, answers text)")

    @app.route(PATH, methods=["GET", "POST"])
    def form() -> str:
        if request.method == "GET":
            return page
        values = [request.form.get(name, "") for name in QUESTIONS]
        assert set(values) <= set("12345")
        if not hasattr(own, "box"):
            own.box = sqlite3.connect(file, isolation_level=None, timeout=30)
            own.box.execute("pragma synchronous = full")
        own.box.execute("insert into response (answers) values (?)", ("".join(values),))
        return "Dank je wel"

    return app


if __name__ == "__main__":
    server = waitress.create_server(floor(sys.argv[1]), host="127.0.0.1", port=0, threads=8)
    print(server.effective_port, flush=True)
    server.run()
