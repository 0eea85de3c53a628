"""A visitor without JavaScript: opens pages, reads the forms in them, fills them in by field name and sends them.

The demo tells its story through it, so that what the demo's database holds came in through the doors and nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient

REDIRECTS = 6
FormValues = Mapping[str, str | Sequence[str]]


class PageRefused(Exception):
    """The visitor asked for something and was turned away."""


class NoSuchForm(Exception):
    """The page has no form with these fields."""


@dataclass
class Form:
    """One form as it stands in a page: where it goes, and what it would send as it is."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    """Every field, also the ones that send nothing while they are left alone (radios, boxes, buttons)."""


@dataclass(frozen=True)
class Page:
    """What came back: where the visitor is now, the whole text, and its forms and links."""

    status: int
    url: str
    text: str
    forms: tuple[Form, ...]
    links: tuple[str, ...]

    def form_with(self, *names: str) -> Form:
        """Return the first form that has all these fields. Raises NoSuchForm."""
        for form in self.forms:
            if form.names.issuperset(names):
                return form
        raise NoSuchForm(f"{self.url} has no form with {', '.join(names)}")

    def form_to(self, ending: str) -> Form:
        """Return the first form whose address ends like this. Raises NoSuchForm."""
        for form in self.forms:
            if urlsplit(form.action or self.url).path.endswith(ending):
                return form
        raise NoSuchForm(f"{self.url} has no form to {ending}")


class Visitor:
    """One browser: keeps its cookies, follows redirects, and stops at the first refusal."""

    def __init__(self, app: Flask, base: str) -> None:
        self._client: FlaskClient = app.test_client()
        self._base = base

    def open(self, url: str) -> Page:
        """Open an address. Raises PageRefused."""
        return self._fetch(url, "GET", {})

    def send(self, page: Page, form: Form, values: FormValues) -> Page:
        """Fill in a form of a page and send it. Raises PageRefused, and NoSuchForm for a field it does not have."""
        if unknown := sorted(set(values) - form.names):
            raise NoSuchForm(f"the form on {page.url} has no field {unknown[0]!r}")
        filled = {**form.fields, **{name: _several(value) for name, value in values.items()}}
        return self._fetch(form.action or page.url, form.method.upper(), filled)

    def _fetch(self, url: str, method: str, values: Mapping[str, Sequence[str]]) -> Page:
        for _ in range(REDIRECTS):
            answer = self._client.open(_path_of(url), base_url=self._base, method=method, data=values or None)
            if answer.status_code not in (301, 302, 303):
                break
            url, method, values = answer.headers["Location"], "GET", {}
        if answer.status_code >= 400:
            raise PageRefused(f"{method} {_path_of(url)} was answered with {answer.status}")
        reader = _FormReader()
        reader.feed(answer.get_data(as_text=True) if answer.mimetype == "text/html" else "")
        return Page(answer.status_code, url, answer.get_data(as_text=True), tuple(reader.forms), tuple(reader.links))

    def download(self, url: str) -> bytes:
        """Return a file as it comes. Raises PageRefused."""
        answer = self._client.get(_path_of(url), base_url=self._base)
        if answer.status_code != 200:
            raise PageRefused(f"{_path_of(url)} was answered with {answer.status}")
        return answer.get_data()


class _FormReader(HTMLParser):
    """Collects forms and links; knows the few elements that our own pages use."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._text_in = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._form)
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif self._form is not None and (name := given.get("name")):
            self._form.names.add(name)
            self._read_field(self._form, tag, name, given)
        elif tag == "option" and self._form is not None and self._select and "selected" in given:
            self._form.fields[self._select] = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._text_in = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._text_in:
            self._form.fields[self._text_in] = [self._form.fields[self._text_in][0] + data]

    def _read_field(self, form: Form, tag: str, name: str, given: Mapping[str, str]) -> None:
        if tag == "textarea":
            self._text_in, form.fields[name] = name, [""]
        elif tag == "select":
            self._select = name
        elif tag == "input" and given.get("type", "text") in ("radio", "checkbox"):
            if "checked" in given:
                form.fields.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "input" and given.get("type", "text") != "submit":
            form.fields[name] = [given.get("value", "")]


def _several(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
