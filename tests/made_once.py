"""What the applications of all tests have in common is made once a process: the code of templates and of addresses.

Every test has an application of its own, and building it took longer than most tests. Both caches are keyed by all that
the code is made from; a template that changes is compiled anew.
"""

from functools import cache
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class InMemory(BytecodeCache):
    """Keeps the compiled code of templates as long as the process lives; jinja checks that the source is the same."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give back what was kept, if anything was."""
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


def compile_addresses_once() -> None:
    """Let two rules that are made from the same parts share the function that builds an address from them."""
    compile_builder: Any = Rule._compile_builder
    made: dict[tuple[Any, ...], Any] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        # The function is handed its rule when it is called: it holds nothing of the one it was compiled for.
        parts = (tuple(rule._trace), repr(rule.defaults), append_unknown)
        if parts not in made:
            made[parts] = compile_builder(rule, append_unknown)
        return made[parts]

    Rule._compile_builder = compiled  # type: ignore[method-assign]


@cache
def make_once() -> None:
    """Do it, in this process."""
    Flask.jinja_options = {"bytecode_cache": InMemory()}
    compile_addresses_once()


make_once()
