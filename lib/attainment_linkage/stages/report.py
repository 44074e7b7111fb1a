"""Report: gathers what the page of a run shows, from its manifests and gated tables, in counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.adapters.registers import today
from attainment_linkage.core.report import making
from attainment_linkage.core.report.contents import Report
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import LINK
from attainment_linkage.stages import linked_model
from attainment_linkage.stages.linked_model import ACCEPTED
from attainment_linkage.stages.report_lines import (
    largest_gaps,
    note_lines,
    notes_of,
    stage_line,
    table_lines,
    versions,
)
from attainment_linkage.stages.run import RunSummary
from attainment_linkage.stages.run_tables import RunTables
from attainment_linkage.steps import deduplicate, report, self_weights

BIN_BITS = 2
_DELIVERED = (
    "forename", "middle_names", "surname", "birth_date", "birth_year", "age", "sex", "postcode",
    "postcodes", "address", "birth_place", "phone", "email", "identifier", "ethnic_group",
)  # fmt: skip
"""The linkage fields that others are derived from."""


def gathered(
    spark: SparkSession, config: Config, summary: RunSummary, truth: dict[str, float]
) -> Report:
    """The report of a run. ``truth``: precision and recall, where the generator's is known."""
    found = RunTables(spark, summary)
    links, review = found.frame(tables.LINKS), found.frame(tables.REVIEW_PAIRS)
    pairs = report.pair_counts(found.frame(tables.SCORED_PAIRS), links, review, BIN_BITS)
    counted = [row.asDict() for row in pairs.collect()]
    for_review = report.records_for_review(review, links).collect()[0]["records"]
    quality = found.rows(tables.LINK_QUALITY)
    notes = notes_of(summary, LINK.name)
    model = linked_model.of_run(config, summary)
    return Report(
        run_id=summary.run_id,
        made_at=today().isoformat(),
        seconds=summary.seconds,
        outcome=making.outcome(
            found.count(tables.ATTAINMENT_PEOPLE), found.count(tables.LINKS), for_review
        ),
        link_rate=making.every_pupil(quality),
        false_links=making.share_of(notes.get("false links expected")),
        missed_links=making.share_of(notes.get("missed links expected")),
        truth=truth,
        gaps=largest_gaps(summary),
        accept_bits=float(notes.get(ACCEPTED, config.link.accept_bits)),
        review_bits=config.link.review_bits,
        tables=tuple(table_lines(summary)),
        stages=tuple(map(stage_line, summary.stages)),
        weights=making.weight_bars(counted, BIN_BITS),
        groups=making.group_lines(quality),
        rules=making.rule_lines(found.rows(tables.CANDIDATE_COUNTS), counted),
        ladder=making.key_lines(found.rows(tables.MATCHKEY_COUNTS)),
        model=making.level_lines(model) if model else (),
        unlinkable=_unlinkable(found, model, config.link.term_frequency_population)
        if model
        else (),
        columns=making.column_lines(
            *(_filled(found.frame(one)) for one in (tables.ATTAINMENT_PEOPLE, tables.CENSUS_PEOPLE))
        ),
        notes=tuple(note_lines(summary)),
        versions=versions(),
        audit_head=str(AuditLog.of(config).head() or ""),
    )


def _unlinkable(
    found: RunTables, settings: Mapping[str, Any], population: str
) -> tuple[tuple[float, float], ...]:
    """The share of pupils under each weight, their record against itself, from the model."""
    pupils, people = found.frame(tables.ATTAINMENT_PEOPLE), found.frame(tables.CENSUS_PEOPLE)
    count, lines = found.count(tables.ATTAINMENT_PEOPLE), found.count(tables.CENSUS_PEOPLE)
    doubles = found.count(tables.CENSUS_DOUBLES)
    expected = float(notes_of(found.summary, LINK.name).get("true pairs expected", 0))
    counted = self_weights.self_weight_counts(
        pupils,
        deduplicate.standing_lines(people, found.frame(tables.CENSUS_DOUBLES)),
        linked_model.design(),
        settings,
        count=count,
        shift_bits=linked_model.shift_bits(count, lines, doubles, expected),
        bin_bits=BIN_BITS,
        population=population,
    )
    return making.shares_under({row["bits"]: row["records"] for row in counted.collect()})


def _filled(records: DataFrame) -> dict[str, int]:
    found: dict[str, int] = report.filled_counts(records, _DELIVERED).collect()[0].asDict()
    return found
