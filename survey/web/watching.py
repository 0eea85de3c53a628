"""What programs that watch may ask: is it alive, may it have visitors, is the work done, and a few numbers.

Anybody may ask the first three and gets one word. Which part is not well is told on the same computer only, and the
numbers only to whoever has SURVEY_METRICS_KEY; without that setting there are none.
"""

import hmac
from ipaddress import ip_address

from flask import Blueprint, Response, request

from survey.gauges import CONTENT_TYPE, as_text, read_gauges
from survey.health import Part, parts_of_background_work, parts_to_answer_pages
from survey.installation import installation
from survey.web.access import NotYours
from survey.web.proxy import CAME_BY_PROXY

door = Blueprint("watching", __name__)


@door.get("/health/live")
def live() -> Response:
    """Say that this process answers. It asks nothing of the database."""
    return _plain("alive\n", 200)


@door.get("/health/ready")
def ready() -> Response:
    """Say whether this process may have visitors."""
    return _verdict("ready", parts_to_answer_pages(installation()))


@door.get("/health/work")
def work() -> Response:
    """Say whether the background work is done. Pages can be answered all the same: this one is for a pager."""
    return _verdict("working", parts_of_background_work(installation()))


@door.get("/metrics")
def metrics() -> Response:
    """Tell the few numbers that say nothing of anybody. Raises NotYours without the key."""
    house = installation()
    key = house.settings.metrics_key
    given = request.headers.get("Authorization", "")
    if key is None or not hmac.compare_digest(given.encode(), f"Bearer {key}".encode()):
        raise NotYours
    answer = _plain(as_text(read_gauges(house, house.clock())), 200)
    answer.headers["Content-Type"] = CONTENT_TYPE
    return answer


def _verdict(word: str, parts: list[Part]) -> Response:
    well = all(part.well for part in parts)
    lines = [word if well else f"not {word}"]
    if _asked_from_here():
        lines += [f"{part.name}: {'well' if part.well else 'not well'}" for part in parts]
    return _plain("".join(f"{line}\n" for line in lines), 200 if well else 503)


def _asked_from_here() -> bool:
    # A proxy on this computer asks from here too; it says that it forwards.
    here = ip_address(request.remote_addr or "0.0.0.0").is_loopback
    return here and not request.environ.get(CAME_BY_PROXY)


def _plain(text: str, status: int) -> Response:
    return Response(text, status, content_type="text/plain; charset=utf-8")
