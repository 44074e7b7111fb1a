"""Page: a template of ``adapters/pages`` filled and written, as one file that needs no network."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from attainment_linkage.adapters.faults import named
from attainment_linkage.core.report import words

_FILTERS = (
    words.between,
    words.count,
    words.gap,
    words.hidden,
    words.in_ten_thousand,
    words.label,
    words.percent,
    words.weight,
    words.whole_in_ten_thousand,
)


def write_template(name: str, path: Path, **values: object) -> Path:
    """Write a page from a template of ``adapters/pages``, private to its owner.

    Raises: DiskFullError, LakeUnwritableError.
    """
    environment = Environment(
        loader=PackageLoader("attainment_linkage.adapters", "pages"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
    )
    environment.filters |= {one.__name__: one for one in _FILTERS}
    text = environment.get_template(name).render(**values)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    except OSError as refused:
        raise named(refused, f"page: {path.parent}") from None
    return path
