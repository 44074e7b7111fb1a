"""acro's folder: one that its ``finalise`` wrote, read output by output, or refused by name.

What acro does not know stands in ``session.toml`` beside its files: ``universe``, ``population``,
``weights``, ``[filter]``; and in ``[outputs.NAME]`` what differs for one output.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attainment_linkage.adapters.acro_outputs import output_of
from attainment_linkage.core.disclosure.tables import Table
from attainment_linkage.domain.errors import OutputUnusableError

RESULTS, SESSION, VERSION = "results.json", "session.toml", "1.0.2"
_OF_ACRO = {RESULTS, SESSION, "config.json", "session_summary.json", "session_summary.csv"}
_OUTPUTS = "outputs"


def read(folder: Path) -> tuple[Table, ...]:
    """The tables and models of an acro session.

    Raises: OutputUnusableError: every output that cannot be checked, and what to bring instead.
    """
    session = dict(_session(folder))
    own = session.pop(_OUTPUTS, {})
    results = {
        uid: record
        for uid, record in sorted(_results(folder).items())
        if not (str(record.get("type")) == "custom" and "DONT_RELEASE" in uid)
    }
    if not results:
        raise OutputUnusableError(f"release: {folder.name} has no output of acro to release.")
    unknown = sorted(set(own) - set(results))
    if unknown:
        raise OutputUnusableError(
            f"release: {SESSION} describes {', '.join(unknown)}, which acro did not write; it "
            f"wrote {', '.join(results)}. Name those."
        )
    found: list[Table] = []
    problems: list[str] = []
    for uid, record in results.items():
        try:
            found.append(output_of(folder, uid, record, session | own.get(uid, {})))
        except OutputUnusableError as refused:
            problems.append(str(refused))
    if problems:
        raise OutputUnusableError("\n  ".join(problems))
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
