"""Unpacking: what is read back from a package, and what it may not give away."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attainment_linkage.core.disclosure.description import described
from attainment_linkage.core.disclosure.differencing import derived
from attainment_linkage.core.disclosure.register import Released
from attainment_linkage.core.disclosure.rules import Rules
from attainment_linkage.core.disclosure.tables import ROUNDING
from attainment_linkage.core.disclosure.words import WITHHELD
from attainment_linkage.domain.errors import ReleaseRefusedError

RECORD = "record/form.json"
"""Where a package keeps what was checked, by whom and by which rules."""


def record_of(folder: Path) -> dict[str, Any]:
    """The record of a package."""
    found: dict[str, Any] = json.loads((folder / RECORD).read_text("utf-8"))
    return found


def released_of(folder: Path, name: str) -> list[Released]:
    """The outputs of a package as the register keeps them, from what leaves."""
    base = int(record_of(folder)["rounding_base"])
    found = []
    for path in sorted((folder / "outputs").glob("*.json")):
        given = json.loads(path.read_text("utf-8"))
        description = described(_complete(given), f"release: {path.name}")
        with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
        shown = {
            (tuple(line[variable] for variable in description.variables), one.column): (
                None if line[one.column] in (WITHHELD, "") else float(line[one.column])
            )
            for line in lines
            for one in description.count
        }
        is_rounded = description.method == ROUNDING
        found.append(Released(name, path.stem, description, shown, base if is_rounded else 0))
    return found


def _complete(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """A public description as one that may be read again: sums as if without evidence columns."""
    estimates = [
        dict(one) | ({"kind": "weighted_count"} if one["kind"] == "sum" else {})
        for one in given.get("estimate", [])
    ]
    return dict(given) | {"estimate": estimates}


def require_safe_beside(
    outputs: Sequence[Released], register: Sequence[Released], rules: Rules
) -> None:
    """Refuse outputs that, with what was released since they were checked, give something away.

    Raises: ReleaseRefusedError.
    """
    before = list(register)
    for one in outputs:
        found = derived(one, before, rules.threshold, not rules.zeros.is_on)
        if found is not None and rules.differencing.is_on:
            raise ReleaseRefusedError(
                f"release: {one.title}: with {', '.join(found.outputs)}, released since it was "
                f"checked, one can work out {found.said or 'a contradiction'}. Check it again."
            )
        before.append(one)


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a package, for the audit log."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
