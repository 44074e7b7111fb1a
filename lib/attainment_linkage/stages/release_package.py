"""Release package: which files a package holds, and what is read back from them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attainment_linkage.adapters import acro_viewer, charts
from attainment_linkage.core.disclosure.chart_words import charts_text
from attainment_linkage.core.disclosure.decide import Checked
from attainment_linkage.core.disclosure.description import described
from attainment_linkage.core.disclosure.differencing import derived
from attainment_linkage.core.disclosure.register import Released
from attainment_linkage.core.disclosure.rules import Rules
from attainment_linkage.core.disclosure.tables import ROUNDING, Table
from attainment_linkage.core.disclosure.words import WITHHELD, Form, brief, form_text, rows
from attainment_linkage.core.given import plain
from attainment_linkage.core.stage_key import digest
from attainment_linkage.domain.errors import ReleaseRefusedError

RECORD = "record/form.json"
"""Where a package keeps what was checked, by whom and by which rules."""


def package_name(tables: Sequence[Table], who: str) -> str:
    """The name of a package: the same outputs of the same person, the same name."""
    content = [
        [table.name, plain(table.description), [[*codes, *row.values()] for codes, row in
                                                table.cells.items()]]
        for table in tables
    ]  # fmt: skip
    return digest([who, content])[:12]


def package_files(form: Form, rules: Rules) -> dict[str, bytes]:
    """Every file of a package by its path: what leaves, and the record that stays."""
    files = {
        "outputs/brief.md": brief(form.outputs, form.package).encode(),
        "record/form.md": form_text(form).encode(),
        RECORD: _json(_record(form, rules)),
    }
    for output in form.outputs:
        for suffix, content in _of_output(output):
            files[f"outputs/{output.table.name}.{suffix}"] = content
    drawn = [one for one in form.outputs if f"outputs/{one.table.name}.png" in files]
    if drawn:
        files["outputs/charts.md"] = charts_text(drawn).encode()
    for path, content in acro_viewer.viewer_files(form.outputs):
        files[f"record/acro/{path}"] = content
    return files


def _of_output(output: Checked) -> Iterator[tuple[str, bytes]]:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows(output))
    yield "csv", text.getvalue().encode()
    yield "json", _json(_public(output))
    picture = charts.png(output)
    if picture is not None:
        yield "png", picture


def _public(output: Checked) -> Mapping[str, Any]:
    """The description as it may leave: without what names evidence, and what was asked for."""
    given: dict[str, Any] = plain(output.table.description)
    given.pop("withhold", None)
    for one in given.get("estimate", []):
        one.pop("top1", None)
        one.pop("top2", None)
    return given


def _record(form: Form, rules: Rules) -> dict[str, Any]:
    return {
        "package": form.package,
        "analyst": form.analyst,
        "project": form.project,
        "threshold": rules.threshold,
        "zeros_allowed": not rules.zeros.is_on,
        "rounding_base": int(rules.rounding.limit * rules.threshold),
        "outputs": [
            {
                "name": output.table.name,
                "status": output.status,
                "withheld_by_rule": len(output.primary),
                "withheld_to_protect": len(output.secondary),
                "findings": [plain(one) for one in output.findings],
            }
            for output in form.outputs
        ],
    }


def _json(body: object) -> bytes:
    return (json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


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
