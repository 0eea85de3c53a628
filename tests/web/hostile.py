"""What somebody could type to do harm, and how to see on a page that it did none."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

CORPUS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "'><iframe src=javascript:alert(1)>",
    '<a href="javascript:alert(1)">klik</a>',
    "javascript:alert(1)",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><style>@import 'http://127.0.0.1:9/x.css';</style>",
    "<link rel=attachment href=file:///etc/passwd>",
    "<img src=http://127.0.0.1:9/teller.png>",
    "<style>@font-face{font-family:x;src:url(http://127.0.0.1:9/x)}*{font-family:x}</style>",
    "<svg><image href='file:///etc/passwd'/></svg>",
    "<object data=file:///etc/passwd></object>",
    "{{7*191}}",
    "{{ config }}{{ self.__class__.__mro__ }}",
    "{% for x in [].__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "${7*191} #{7*191} <%= 7*191 %>",
    "%(naam)s %s %d {0} {x.__class__}",
    "'; DROP TABLE round; -- \" OR 1=1 /*",
    '=HYPERLINK("http://127.0.0.1:9")',
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "links\u202eneila\u202c rechts \u200f\u200b",
    "😀 𝒢 e\u0301 é \ufb01 \u2028 \ufeff",
    "<!-- <![CDATA[ ]]> --> &lt;b&gt; &amp;#60; &#x3c;",
)
"""Each is shown as it was typed, or refused; none is run, fetched or worked out."""

EVALUATED = ("1337", "SECRET_KEY", "&lt;Config", "<Config", "class 'object'", "class &#39;object&#39;")
"""What stands on a page only when a template worked out what somebody typed."""

NEVER_IN_OUR_PAGES = {"iframe", "object", "embed", "applet", "base", "frame"}


@dataclass
class Harm(HTMLParser):
    """Reads a page as a browser does, and remembers what it would run or fetch from elsewhere."""

    found: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in NEVER_IN_OUR_PAGES or (tag == "script" and not given.get("src", "").startswith("/static/")):
            self.found.append(self.get_starttag_text() or tag)
        for name, value in given.items():
            elsewhere = name in ("src", "srcset", "data", "xlink:href") and not value.startswith(("/", "data:image/"))
            runs = name.startswith("on") or value.strip().lower().startswith("javascript:")
            if (elsewhere or runs) and name != "value":
                self.found.append(f"<{tag} {name}={value}>")
            if name in ("value", "title", "aria-label", "content"):
                self.text.append(value)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def harm_in(html: str) -> list[str]:
    """Return what a page would run or fetch that is not ours; nothing is what it should be."""
    reader = Harm()
    reader.feed(html)
    return reader.found + [mark for mark in EVALUATED if mark in html]


def words_on(html: str) -> str:
    """Return all text of a page, with white space as single spaces."""
    reader = Harm()
    reader.feed(html)
    return " ".join(" ".join(reader.text).split())
