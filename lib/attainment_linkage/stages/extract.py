"""Extract: the files of an extract, real or dummy: made, scanned, described."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame

from attainment_linkage.adapters import extract_files as files
from attainment_linkage.adapters.dictionaries import write_dictionary
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.dictionary import entries
from attainment_linkage.core.projects.anonymity import anonymity
from attainment_linkage.core.projects.project import Project
from attainment_linkage.core.projects.register import variables_of
from attainment_linkage.core.pseudonym import OpenKey
from attainment_linkage.core.reconciliation import Balance, require_even
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import PROVISION
from attainment_linkage.steps import provision


def write_extract(
    pupils: DataFrame,
    project: Project,
    key: OpenKey,
    place: Path,
    said: Mapping[str, Any],
    log: RunLog,
    came: int | None = None,
) -> Path:
    """Make, scan and describe the files of an extract, all of them or none; give back their place.

    ``came``: how many pupils the real table has; None for a dummy.

    Raises: ExtractRefusedError, CountsDifferError; nothing is left then.
    """
    plan = variables_of(project)
    table = tables.LINKED_PUPILS
    with files.made_whole(place) as folder:
        rows = provision.extract(pupils, project, key)
        parquet = files.write_rows(rows, folder, table.name)
        files.require_nobody(parquet, plan)
        lines = entries(plan, files.missing_shares(parquet), project.coarsened)
        write_dictionary(table, lines, folder)
        sizes = files.class_sizes(parquet, project.quasi_identifiers)
        report = anonymity(project.quasi_identifiers, sizes)
        files.write_anonymity(report, folder)
        count = files.row_count(parquet)
        if came is not None:
            _reconcile(pupils, project, came, count, log)
        files.write_manifest(folder, {**described(project), "rows": count, **said})
    log.lies(table.name, count, place)
    log.note("variables", len(plan))
    log.note("smallest class of equal quasi-identifiers", report.smallest_class)
    log.note("share of rows in classes under 10", round(report.share_under(10), 4))
    return place


def _reconcile(pupils: DataFrame, project: Project, came: int, went: int, log: RunLog) -> None:
    """Print how many pupils came, went, and are outside the population; stop where they differ."""
    [outside] = provision.count_outside(pupils, project).collect()
    balance = Balance("pupils", came, went, outside["outside"])
    for name, count in balance.said.items():
        log.note(name, count)
    require_even(PROVISION.name, (balance,))


def described(project: Project) -> dict[str, Any]:
    """What an extract of the project may hold, as its manifest says it."""
    return {
        "project": project.id,
        "version": project.version,
        "expires": str(project.expires),
        "table": project.table,
        "variables": [one.name for one in variables_of(project)],
        "population": [one.said for one in project.population],
        "coarsened": dict(project.coarsened),
        "geography": project.geography,
    }
