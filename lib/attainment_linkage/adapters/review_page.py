"""Review page: what a reviewer sees, rendered here so that the browser only shows it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from attainment_linkage.core.review.agreement import Agreement
from attainment_linkage.core.review.desk import Desk
from attainment_linkage.core.review.differences import Line, lines
from attainment_linkage.core.review.sample import Sample

SAID = {"match": "match", "not": "not a match", "unsure": "unsure"}


@dataclass(frozen=True)
class Disputed:
    """A pair for a third look: its place in the batch, its lines, who decided what."""

    place: int
    lines: Sequence[Line]
    said: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Ending:
    """What is shown at the end of a queue. ``other`` is the other reviewer, once done."""

    other: str = ""
    agreement: Agreement | None = None
    disputed: Sequence[Disputed] = ()


@dataclass(frozen=True)
class Rendered:
    """A page and the word that lets its own style and script, and no other, run."""

    text: str
    nonce: str


_ENVIRONMENT = Environment(
    loader=PackageLoader("attainment_linkage.adapters", "pages"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def start(desk: Desk, token: str) -> Rendered:
    """The page behind the one-time link: what is to be done, and a button to begin."""
    return _render("start", desk=desk, token=token)


def pair(
    desk: Desk, sample: Sample, key: str, said: Sequence[tuple[str, str]], *, has_keys: bool
) -> Rendered:
    """The current pair of the desk, side by side; ``said`` is shown at a third look."""
    shown = sample.by_name[desk.current or ""]
    compared = lines(shown.left, shown.right)
    return _render("pair", desk=desk, key=key, lines=compared, said=said, has_keys=has_keys)


def end(desk: Desk, key: str, ending: Ending, *, has_keys: bool) -> Rendered:
    """The end of the queue: counts, agreement, and the pairs for a third look."""
    return _render("end", desk=desk, key=key, ending=ending, has_keys=has_keys)


def refused(title: str, reason: str) -> Rendered:
    """A page that shows no pair."""
    return _render("refused", title=title, reason=reason)


def _render(view: str, **values: object) -> Rendered:
    nonce = secrets.token_urlsafe(16)
    template = _ENVIRONMENT.get_template(f"review_{view}.html")
    return Rendered(template.render(nonce=nonce, said_of=SAID, **values), nonce)
