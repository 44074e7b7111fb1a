"""Ingest: delivered files in, identity and attribute tables and quarantine out."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame

from attainment_linkage.adapters.delivered_rows import delivered_rows
from attainment_linkage.adapters.deliveries import Inspected
from attainment_linkage.adapters.files import refuse_changed
from attainment_linkage.core import intake
from attainment_linkage.core.row_rules import key_columns
from attainment_linkage.domain.road import INGEST as STAGE
from attainment_linkage.stages import pre_flight, stage_key
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps import ingest

__all__ = ["STAGE", "body"]


def body(run: StageRun) -> None:
    """Check every file of every source first; then take the sources in, one by one."""
    for inspected in pre_flight.inspected(run.config):
        name, files = inspected.delivery.source.name, inspected.files
        stage_key.require_keyed(name, [one.sha256 for one in files], run.made_from, run.lake)
        run.note(f"{name}: rows in", inspected.row_count)
        if blank_lines := sum(file.blank_lines for file in files):
            run.note(f"{name}: blank lines", blank_lines)
        if control_bytes := sum(file.control_bytes for file in files):
            run.note(f"{name}: control bytes", control_bytes)
        _take_in(run, inspected)
        refuse_changed(inspected)


def _take_in(run: StageRun, inspected: Inspected) -> None:
    """Write the quarantine and the two accepted halves of a source, or refuse it whole."""
    source, count, limits = inspected.delivery.source, inspected.row_count, run.config.ingest

    def rows(names: Sequence[str]) -> DataFrame:
        """Some columns of the rows delivered."""
        return delivered_rows(run.spark, inspected, names)

    repeated = ingest.repeated_keys(rows(key_columns(source)), source).persist()
    refused = ingest.refused_rows(rows(source.names), repeated, source).persist()
    try:
        excess = int(ingest.excess_rows(repeated).collect()[0]["excess"])
        intake.refuse_not_unique(source, excess, count, limits.largest_repeated_share)
        found = ingest.refused_counts(refused).collect()
        reasons = {row["reason"]: int(row["row_count"]) for row in found}
        for reason, breaches in sorted(reasons.items()):
            run.note(f"{source.name}: refused for {reason}", breaches)
        intake.refuse_mostly_refused(
            source, reasons, refused.count() if reasons else 0, count, limits.largest_refused_share
        )
        run.write(refused, source.quarantine_table)
        quarantined = run.written[source.quarantine_table.name]
        run.note(f"{source.name}: rows quarantined", quarantined)
        for table in (source.identity_table, source.attribute_table):
            half = ingest.accepted_rows(rows(table.names), refused, table)
            run.write(half, table)
            intake.refuse_lost_rows(table.name, count, run.written[table.name], quarantined)
        run.note(f"{source.name}: rows accepted", count - quarantined)
    finally:
        refused.unpersist()
        repeated.unpersist()
