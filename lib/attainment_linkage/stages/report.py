"""Report: gathers what the page of a run shows, from its manifests and gated tables, in counts."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters import delta, fingerprint
from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.adapters.java import check_java
from attainment_linkage.adapters.registers import today
from attainment_linkage.core.prior import Files, posterior_shift, starting_prior
from attainment_linkage.core.report import making, words
from attainment_linkage.core.report.contents import Report, StageLine, TableLine
from attainment_linkage.core.report.small_counts import alone
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import BY_NAME, LINK, MEASURE
from attainment_linkage.domain.tables import Table
from attainment_linkage.stages import linked_model
from attainment_linkage.stages.run import RunSummary
from attainment_linkage.stages.runner import StageResult
from attainment_linkage.steps import deduplicate, report, self_weights

BIN_BITS = 2
ACCEPTED = "bits from which on pairs are linked"
"""The note of ``link``: the configured weight, or the one a stated rate of false links asks."""
_DELIVERED = (
    "forename", "middle_names", "surname", "birth_date", "birth_year", "age", "sex", "postcode",
    "postcodes", "address", "birth_place", "phone", "email", "identifier", "ethnic_group",
)  # fmt: skip
"""The linkage fields that others are derived from."""
_GAPS = ("link_rate", "precision", "recall")


@dataclass(frozen=True)
class _Tables:
    """The tables of one run, read where its summary says they lie."""

    spark: SparkSession
    summary: RunSummary

    def frame(self, table: Table) -> DataFrame:
        """A table as a frame."""
        return delta.read(self.spark, self.summary.paths[table.name], table)

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """All rows of a table that has one per rule, key or group."""
        return [row.asDict() for row in self.frame(table).collect()]

    def count(self, table: Table) -> int:
        """Rows of a table, as its manifest has them."""
        every = (record for stage in self.summary.stages for record in stage.tables)
        return next((record.rows for record in every if record.name == table.name), 0)


def gathered(
    spark: SparkSession, config: Config, summary: RunSummary, truth: dict[str, float]
) -> Report:
    """The report of a run. ``truth``: precision and recall, where the generator's is known."""
    found = _Tables(spark, summary)
    links, review = found.frame(tables.LINKS), found.frame(tables.REVIEW_PAIRS)
    pairs = report.pair_counts(found.frame(tables.SCORED_PAIRS), links, review, BIN_BITS)
    counted = [row.asDict() for row in pairs.collect()]
    for_review = report.records_for_review(review, links).collect()[0]["records"]
    quality = found.rows(tables.LINK_QUALITY)
    notes = _notes(summary, LINK.name)
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
        gaps=_gaps(summary),
        accept_bits=float(notes.get(ACCEPTED, config.link.accept_bits)),
        review_bits=config.link.review_bits,
        tables=tuple(_table_lines(summary)),
        stages=tuple(map(_stage_line, summary.stages)),
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
        notes=tuple(_note_lines(summary)),
        versions=_versions(),
        audit_head=str(AuditLog.of(config).head() or ""),
    )


def _unlinkable(
    found: _Tables, settings: Mapping[str, Any], population: str
) -> tuple[tuple[float, float], ...]:
    """The share of pupils under each weight, their record against itself, from the model."""
    pupils, people = found.frame(tables.ATTAINMENT_PEOPLE), found.frame(tables.CENSUS_PEOPLE)
    count, lines = found.count(tables.ATTAINMENT_PEOPLE), found.count(tables.CENSUS_PEOPLE)
    files = Files(count, lines - found.count(tables.CENSUS_DOUBLES), "one_to_one")
    expected = float(_notes(found.summary, LINK.name).get("true pairs expected", 0))
    counted = self_weights.self_weight_counts(
        pupils,
        deduplicate.standing_lines(people, found.frame(tables.CENSUS_DOUBLES)),
        linked_model.design(),
        settings,
        count=count,
        shift_bits=posterior_shift(max(expected, 1.0), files, starting_prior(files)),
        bin_bits=BIN_BITS,
        population=population,
    )
    return making.shares_under({row["bits"]: row["records"] for row in counted.collect()})


def _filled(records: DataFrame) -> dict[str, int]:
    found: dict[str, int] = report.filled_counts(records, _DELIVERED).collect()[0].asDict()
    return found


def _notes(summary: RunSummary, stage: str) -> dict[str, float | int | str]:
    return next((one.notes for one in summary.stages if one.stage == stage), {})


def _gaps(summary: RunSummary) -> dict[str, str]:
    notes = _notes(summary, MEASURE.name)
    said = {rate: notes.get(f"largest gap in {rate}") for rate in _GAPS}
    return {rate: str(text) for rate, text in said.items() if text}


def _note_lines(summary: RunSummary) -> Iterator[tuple[str, str, float | int | str]]:
    """What the stages noted; a small count as the range it is in."""
    for stage in summary.stages:
        for name, value in stage.notes.items():
            is_hidden = isinstance(value, int) and alone(value) is None
            yield stage.stage, name, "1 to 9" if is_hidden else value


def _stage_line(stage: StageResult) -> StageLine:
    summary = BY_NAME[stage.stage].summary if stage.stage in BY_NAME else ""
    return StageLine(
        stage.stage,
        summary,
        stage.is_skipped,
        stage.made_seconds,
        sum(table.gate_seconds for table in stage.tables),
        stage.peak_memory_mib,
        stage.key,
    )


def _table_lines(summary: RunSummary) -> Iterator[TableLine]:
    grains = {table.name: table.grain for one in BY_NAME.values() for table in one.writes}
    for stage in summary.stages:
        for table in stage.tables:
            yield TableLine(
                stage.stage,
                table.name,
                grains.get(table.name, ""),
                alone(table.rows),
                len(table.gate),
                tuple(_unmet(one) for one in table.gate if not one["is_met"]),
                table.seconds,
                table.gate_seconds,
                table.content_hash,
            )


def _unmet(expectation: Mapping[str, Any]) -> str:
    """An expectation of severity warning that was not met: which, of what column, how often."""
    rows = expectation["unexpected_count"]
    counted = "" if rows is None else f", {words.count(alone(rows))} rows"
    return f"{expectation['type']} ({expectation['column']}{counted})"


def _versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "java": str(check_java()),
        **fingerprint.pinned_versions(),
        "code": fingerprint.code_hash()[:12],
    }
