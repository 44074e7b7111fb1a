"""Known: what is known before anybody is counted, read from ``conf/analysis.toml``.

Values of columns that are categories of classifications, and categories that nobody can be in.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attainment_linkage.core.analysis.definitions import Classification, Nobody

Classifications = Mapping[str, Classification]
Pairs = tuple[tuple[str, str], ...]


def read_known(
    document: Mapping[str, Any],
    columns: Container[str],
    classifications: Classifications,
    measures: Container[str],
    problems: list[str],
) -> tuple[dict[tuple[str, str], Pairs], tuple[Nobody, ...]]:
    """Both, as ``Analysis`` has them; what is wrong is added to ``problems``."""
    same, nobody = document.get("same", {}), document.get("nobody", [])
    problems += [f"same: there is no column {name}" for name in same if name not in columns]
    alike = dict(_same(same, classifications, problems))
    return alike, tuple(_nobody(nobody, classifications, measures, problems))


def _same(
    said: Mapping[str, Any], classifications: Classifications, problems: list[str]
) -> Iterator[tuple[tuple[str, str], Pairs]]:
    """Each column and value that is some categories, with those: (classification, label)."""
    for column, of in said.items():
        for value, meant in of.items():
            pairs = tuple((name, label) for name, labels in meant.items() for label in labels)
            problems += _unknown(f"same.{column}.{value}", pairs, classifications)
            yield (column, value), pairs


def _nobody(
    listed: Sequence[Mapping[str, Any]],
    classifications: Classifications,
    measures: Container[str],
    problems: list[str],
) -> Iterator[Nobody]:
    """Each set of categories that nobody can be in together, and why."""
    for number, said in enumerate(listed, 1):
        where = f"nobody {number}"
        cell = {name: tuple(labels) for name, labels in said.get("cell", {}).items()}
        pairs = tuple((name, label) for name, labels in cell.items() for label in labels)
        problems += _unknown(where, pairs, classifications)
        named = tuple(said.get("measures", ()))
        problems += [f"{where}: there is no measure {name}" for name in named
                     if name not in measures]  # fmt: skip
        if not pairs or not str(said.get("reason", "")).strip():
            problems.append(f"{where}: give a cell, and a reason")
        yield Nobody(cell, str(said.get("reason")), named)


def _unknown(
    where: str, pairs: Iterable[tuple[str, str]], classifications: Classifications
) -> Iterator[str]:
    for name, label in pairs:
        one = classifications.get(name)
        if one is None or not (label in one.categories or one.is_open):
            yield f"{where}: {name} has no {label}"
