"""Page: what a run did, as one HTML file that opens without a network. Counts only.

A count from 1 to 9 is shown as such a count, never as itself: small counts are disclosive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from attainment_linkage.adapters.faults import named

SMALL_COUNT = 10


@dataclass(frozen=True)
class TableLine:
    """One table of a stage on the page. Seconds of writing include those of the gate."""

    stage: str
    name: str
    rows: int
    seconds: float
    gate_seconds: float
    expectations: int
    warnings: int


@dataclass(frozen=True)
class Page:
    """All that the page of a run shows."""

    title: str
    run_id: str
    seconds: float
    stages: Sequence[tuple[str, str, float]]
    lines: Sequence[TableLine]
    notes: Sequence[tuple[str, str, float | int | str]]
    weights: Mapping[int, int]
    bin_bits: int
    quality: Mapping[str, str]


def shown(count: int) -> str:
    """A count as a page may show it."""
    return f"1 to {SMALL_COUNT - 1}" if 0 < count < SMALL_COUNT else f"{count:,}"


def write_page(page: Page, path: Path) -> Path:
    """Write the page of a run, private to its owner.

    Raises: DiskFullError, LakeUnwritableError.
    """
    return write_template("run.html", path, page=page)


def write_template(name: str, path: Path, **values: object) -> Path:
    """Write a page from a template of ``adapters/pages``, private to its owner.

    Raises: DiskFullError, LakeUnwritableError.
    """
    environment = Environment(
        loader=PackageLoader("attainment_linkage.adapters", "pages"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
    )
    environment.filters["shown"] = shown
    text = environment.get_template(name).render(**values)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    except OSError as refused:
        raise named(refused, f"page: {path.parent}") from None
    return path
