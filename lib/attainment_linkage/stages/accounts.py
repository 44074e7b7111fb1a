"""Accounts: what a stage was given is in what it writes or set aside, as it prints, or it stops."""

from __future__ import annotations

import pyarrow as pa
from pyspark.sql import DataFrame

from attainment_linkage.core.reconciliation import Balance
from attainment_linkage.domain import tables
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps import detach, standardise


def of_standardise(run: StageRun, attained: DataFrame) -> None:
    """Lines of the Census, away students set aside; attainment records behind the first ones."""
    census, ks4, ks5 = tables.CENSUS_SOURCE, tables.KS4_SOURCE, tables.KS5_SOURCE
    came = run.rows_in(ks4.attribute_table) + run.rows_in(ks5.attribute_table)
    away = int(run.notes.get("census away_students", 0))
    people, answers = tables.CENSUS_PEOPLE.name, tables.CENSUS_CHARACTERISTICS.name
    records = standardise.record_counts(attained).collect()[0]["records"]
    run.balance(
        Balance("Census lines", run.rows_in(census.identity_table), run.written[people], away),
        Balance("Census answers", run.rows_in(census.attribute_table), run.written[answers]),
        Balance("attainment records", came, records),
    )


def of_detach(run: StageRun, spine: DataFrame) -> None:
    """Pupils, and the links among them."""
    linked = detach.linked_counts(spine).collect()[0]["linked"]
    pupils = run.rows_in(tables.ATTAINMENT_PEOPLE)
    run.balance(
        Balance("pupils", pupils, run.written[tables.LINK_SPINE.name]),
        Balance("links", run.rows_in(tables.LINKS), linked),
    )


def of_measure(run: StageRun, patterns: pa.Table) -> None:
    """Pupils that were counted, and linked ones that got a weight."""
    measured, linked = (sum(patterns[name].to_pylist()) for name in ("pupils", "linked"))
    run.balance(
        Balance("pupils", run.rows_in(tables.LINK_SPINE), measured),
        Balance("linked pupils", linked, run.written[tables.LINKAGE_WEIGHTS.name]),
    )
