"""How gunicorn answers the pages: gunicorn --config python:survey.under_gunicorn 'survey.cli:application()'.

Its own habits are to log the address of whoever sends nonsense and the page that went wrong, both with the time. Here
its lines go the way of ours. Everything else can be given on its command line.
"""

import sys
from typing import Any

from gunicorn.glogging import Logger

from survey.logs import start_logging


class LinesLikeOurs(Logger):  # type: ignore[misc]  # gunicorn has no type hints
    """No line about a request, and of a fault its kind."""

    def setup(self, cfg: Any) -> None:
        """Hand every line to the program's own log, which knows what to leave out."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
        self.error_log.propagate = True
        start_logging()

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """Write nothing about a request."""


bind = "127.0.0.1:8000"
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 20
keepalive = 5
loglevel = "warning"
logger_class = LinesLikeOurs
accesslog = None
secure_scheme_headers: dict[str, str] = {}  # who forwarded what is decided in survey/web/proxy.py
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if sys.platform == "linux" else None
