"""acro's folders: one that its ``finalise`` wrote, read; and one that its viewer opens, written.

Of a session, frequency tables are read: their counts are in the file. Other kinds do not hold
the counts they stand on; they are brought as a CSV with a description. What acro does not
know (universe, population, filter, weights) stands in ``session.toml`` beside its files.
"""

from __future__ import annotations

import csv
import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attainment_linkage.core.disclosure.cells import table_of
from attainment_linkage.core.disclosure.decide import APPROVABLE, Checked
from attainment_linkage.core.disclosure.description import described
from attainment_linkage.core.disclosure.tables import TABLE, Table
from attainment_linkage.core.disclosure.words import rows as released_rows
from attainment_linkage.domain.errors import OutputUnusableError

RESULTS, SESSION, VERSION = "results.json", "session.toml", "1.0.2"
_TOTAL = "All"
_OF_ACRO = {RESULTS, SESSION, "config.json", "session_summary.json", "session_summary.csv"}


def read(folder: Path) -> tuple[Table, ...]:
    """The frequency tables of an acro session.

    Raises: OutputUnusableError: an output that cannot be checked, and what to bring instead.
    """
    session = _session(folder)
    results = _results(folder)
    found = []
    for uid, record in sorted(results.items()):
        if str(record.get("type")) == "custom" and "DONT_RELEASE" in uid:
            continue
        found.append(_table(folder, uid, record, session))
    if not found:
        raise OutputUnusableError(f"release: {folder.name} has no output of acro to release.")
    return tuple(found)


def _session(folder: Path) -> Mapping[str, Any]:
    path = folder / SESSION
    if not path.is_file():
        raise OutputUnusableError(
            f"release: {folder.name} is an acro session without a description. Bring {SESSION} "
            "beside its files, with universe, population, weights and, if any, filter."
        )
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (ValueError, OSError) as wrong:
        raise OutputUnusableError(f"release: {SESSION} cannot be read: {wrong}.") from None


def _results(folder: Path) -> Mapping[str, Any]:
    try:
        body = json.loads((folder / RESULTS).read_text("utf-8"))
        found: Mapping[str, Any] = body["results"]
    except (ValueError, KeyError, TypeError, OSError):
        raise OutputUnusableError(
            f"release: {RESULTS} of {folder.name} is not as acro {VERSION} writes it. Bring the "
            "folder as finalise made it."
        ) from None
    known = {file["name"] for record in found.values() for file in record["files"]}
    spare = [path.name for path in folder.iterdir()
             if path.is_file() and path.name not in known | _OF_ACRO]  # fmt: skip
    if spare:
        raise OutputUnusableError(
            f"release: {folder.name} holds {', '.join(sorted(spare)[:5])}, which is of no output. "
            "Bring the folder as finalise made it."
        )
    return found


def _table(folder: Path, uid: str, record: Mapping[str, Any], session: Mapping[str, Any]) -> Table:
    where = f"release: {uid}"
    barn = record.get("fair", {}).get("statbarn")
    files = [file["name"] for file in record["files"]]
    if barn != "Frequencies" or len(files) != 1:
        raise OutputUnusableError(
            f"{where}: acro kept no counts of a {barn or record.get('type')}. Bring it as a CSV "
            "with its unweighted counts and a description."
        )
    with (folder / files[0]).open(encoding="utf-8", newline="") as file:
        header, *lines = list(csv.reader(file))
    variables = list(record["fair"]["independent"])
    if len(variables) != 2 or header[0] != variables[0] or not lines:
        raise OutputUnusableError(
            f"{where}: only tables of one row and one column variable are read from acro. Bring "
            "this one as a CSV with its description."
        )
    axes = [[line[0] for line in lines], header[1:]]
    given = dict(session) | {
        "title": f"{variables[0]} by {variables[1]}",
        "count": [{"column": "n"}],
        "classification": [
            {"variable": name, "codes": [code for code in codes if code != _TOTAL]}
            | ({"total": _TOTAL} if _TOTAL in codes else {})
            for name, codes in zip(variables, axes, strict=True)
        ],
    }
    cells = [[line[0], code, count] for line in lines
             for code, count in zip(header[1:], line[1:], strict=True)]  # fmt: skip
    return table_of(uid, described(given, where), [*variables, "n"], cells)


def viewer_files(outputs: Sequence[Checked]) -> Iterator[tuple[str, bytes]]:
    """The files of a folder that acro's viewer opens: results, tables, checksums."""
    results = {}
    for output in outputs:
        name = f"{output.table.name}_0.csv"
        text = "\n".join(",".join(_quoted(cell) for cell in row) for row in released_rows(output))
        content = f"{text}\n".encode()
        yield name, content
        yield f"checksums/{name}.txt", hashlib.sha256(content).hexdigest().encode()
        results[output.table.name] = _record(output, name)
    body = json.dumps({"version": VERSION, "results": results}, indent=1, sort_keys=True).encode()
    yield RESULTS, body
    yield f"checksums/{RESULTS}.txt", hashlib.sha256(body).hexdigest().encode()
    yield "config.json", b"{}"


def _quoted(cell: str) -> str:
    return f'"{cell.replace(chr(34), 2 * chr(34))}"' if any(c in cell for c in ',"\n') else cell


def _record(output: Checked, name: str) -> dict[str, Any]:
    """One output as acro records it: reviewed where anything was corrected, else passed."""
    description = output.table.description
    status = "pass" if output.status == APPROVABLE and not output.review else "review"
    rules = sorted({one.rule for one in output.findings})
    summary = f"{status}; {', '.join(rules)}" if rules else status
    checks = {rule: "fail" if rule in rules else "pass" for rule in ("minimum_count", *rules)}
    return {
        "uid": output.table.name,
        "status": status,
        "type": "table" if description.kind == TABLE else "regression",
        "properties": {"method": "release", "mitigation": description.method},
        "files": [{"name": name, "sdc": {"summary": {"suppressed": bool(output.primary)},
                                         "cells": {}}}],
        "outcome": {},
        "command": description.title,
        "summary": summary,
        "timestamp": "",
        "comments": [description.population],
        "exception": "",
        "fair": {
            "context": "",
            "statbarn": "Frequencies",
            "risks": ["ClassDisclosure", "Differencing", "LowCount"],
            "checks_needed": sorted(checks),
            "common_mitigations": ["Suppression", "Rounding"],
            "check_status": checks,
            "dependent": "unknown",
            "independent": list(description.variables),
        },
    }  # fmt: skip
