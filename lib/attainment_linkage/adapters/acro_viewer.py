"""acro's viewer: the folder of checked outputs that it opens: results, tables, checksums."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from attainment_linkage.adapters.acro_folder import RESULTS, VERSION
from attainment_linkage.core.disclosure.decide import APPROVABLE, Checked
from attainment_linkage.core.disclosure.tables import TABLE
from attainment_linkage.core.disclosure.words import rows as released_rows


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
