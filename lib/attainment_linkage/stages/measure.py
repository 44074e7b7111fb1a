"""Measure: link quality by characteristic, and weights for the linked, from ids and attributes."""

from __future__ import annotations

import pyarrow as pa
from pyspark.sql import DataFrame

from attainment_linkage.adapters.generated_files import read_truth
from attainment_linkage.core import link_quality
from attainment_linkage.core.link_quality import GroupQuality
from attainment_linkage.core.linkage_weights import fitted
from attainment_linkage.domain import tables
from attainment_linkage.domain.measure_tables import CHARACTERISTICS
from attainment_linkage.domain.road import MEASURE as STAGE
from attainment_linkage.stages import accounts
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.stages.synthesise import DOUBLES, LINKS
from attainment_linkage.steps import measure

__all__ = ["STAGE", "body"]


def body(run: StageRun) -> None:
    """Count pupils by their categories once; rates and weights both follow from the counts."""
    pupils = measure.measured_pupils(*(run.read(table) for table in STAGE.reads)).persist()
    try:
        _write_quality(run, patterns := measure.pattern_counts(_judged(run, pupils)).toArrow())
        _write_weights(run, pupils, patterns)
        accounts.of_measure(run, patterns)
    finally:
        pupils.unpersist()


def _judged(run: StageRun, pupils: DataFrame) -> DataFrame:
    """Pupils with the generator's truth, where this lake's delivery was generated."""
    folder = run.config.truth_path
    if not (folder / LINKS).exists():
        return pupils
    truth, doubles = (read_truth(run.spark, folder / name) for name in (LINKS, DOUBLES))
    return measure.with_planted_truth(pupils, truth, doubles)


def _write_quality(run: StageRun, patterns: pa.Table) -> None:
    counts = patterns.to_pydict()
    judge = link_quality.judge_of(counts)
    groups = link_quality.qualities(
        link_quality.group_counts(counts, CHARACTERISTICS, judge),
        run.config.measure.smallest_count,
    )
    _note_gaps(run, groups)
    rows = [(*group.row, judge) for group in groups]
    run.write(run.spark.createDataFrame(rows, tables.LINK_QUALITY.ddl), tables.LINK_QUALITY)


def _note_gaps(run: StageRun, groups: list[GroupQuality]) -> None:
    for rate in link_quality.RATES:
        gap = link_quality.largest_gap(groups, rate)
        if gap:
            run.note(f"largest gap in {rate}", gap.said)


def _write_weights(run: StageRun, pupils: DataFrame, patterns: pa.Table) -> None:
    model = fitted(
        {name: patterns[name].to_pylist() for name in CHARACTERISTICS},
        patterns["pupils"].to_numpy().astype(float),
        patterns["linked"].to_numpy().astype(float),
        run.config.measure.largest_weight_ratio,
    )
    run.note("linkage weights trimmed", model.trimmed)
    run.note("design effect of the linkage weights", round(model.design_effect, 4))
    run.write(measure.linkage_weights(pupils, model), tables.LINKAGE_WEIGHTS)
