"""Packing: which files a package of outputs holds, and the record that stays with it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attainment_linkage.adapters import acro_viewer, charts
from attainment_linkage.core.disclosure.chart_words import charts_text
from attainment_linkage.core.disclosure.decide import Checked
from attainment_linkage.core.disclosure.rules import Rules
from attainment_linkage.core.disclosure.tables import Table
from attainment_linkage.core.disclosure.words import Form, brief, form_text, rows
from attainment_linkage.core.given import plain
from attainment_linkage.core.stage_key import digest
from attainment_linkage.stages.release.unpacking import RECORD


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
