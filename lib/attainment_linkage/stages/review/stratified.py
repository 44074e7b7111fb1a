"""Stratified: the first batch of a run: a random sample of each stratum."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.core.review.sample import Sample, batch_name
from attainment_linkage.core.review.sampling import Cell, design
from attainment_linkage.core.review.settings import ReviewSettings
from attainment_linkage.domain.review import STRATIFIED
from attainment_linkage.stages.review.frame import CELL_DDL
from attainment_linkage.steps import review


def first_batch(
    spark: SparkSession, frame: DataFrame, run: str, settings: ReviewSettings, codes: str
) -> tuple[Sample, DataFrame]:
    """The stratified batch, still without its pairs, and which pairs it has."""
    cells = [
        Cell((row.outcome, row.band, row.key, row.code), row.pairs, row.probability)
        for row in review.cells(frame).collect()
    ]
    made = design(cells, settings.sample_pairs, settings.least_pairs)
    numbers = tuple(made.stratum_of.items())
    sample = Sample(
        batch=batch_name(run, 0, {**settings.as_json(), "codes": codes}),
        run=run,
        number=0,
        kind=STRATIFIED,
        band_edges_bits=settings.band_edges_bits,
        strata=made.strata,
        cells=numbers,
        pairs=(),
        codes=codes,
    )
    rows = [(*name, number, made.strata[number].drawn) for name, number in numbers]
    strata = spark.createDataFrame(rows, f"{CELL_DDL}, drawn int")
    return sample, review.drawn(frame, strata, settings.seed)
