"""Informative: the later batches of a run: the pairs whose decision would tell most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pyspark.sql import DataFrame, Row, SparkSession

from attainment_linkage.core.review.quality import Reviewed, shares
from attainment_linkage.core.review.sample import Sample, batch_name
from attainment_linkage.core.review.settings import ReviewSettings
from attainment_linkage.domain.errors import ReviewError
from attainment_linkage.domain.review import INFORMATIVE
from attainment_linkage.stages.review.frame import CELL_DDL
from attainment_linkage.steps import review


def next_batch(
    spark: SparkSession, frame: DataFrame, decided: Sequence[Reviewed], settings: ReviewSettings
) -> tuple[Sample, DataFrame]:
    """The batch of the most informative pairs, still without them, and which they are."""
    before = [one.sample for one in decided]
    last = before[-1]
    if not decided[-1].settled:
        raise ReviewError(
            f"review: the batch {last.batch} has no decision yet; what tells most follows from "
            "decisions. Review it first: attainment-linkage review."
        )
    batch = batch_name(last.run, len(before), {**settings.as_json(), "decided": _marks(decided)})
    found = shares(decided)
    rows = [(*name, number, *found.get(number, (0, 0))) for name, number in last.cells]
    drawn = {(one.left_id, one.right_id): one.pair for each in before for one in each.pairs}
    ranked = review.most_open(
        frame,
        spark.createDataFrame(rows, f"{CELL_DDL}, decided int, matches int"),
        spark.createDataFrame(list(drawn), "left_id string, right_id string"),
        settings.informative_pairs + len(drawn),
        settings.seed,
    ).collect()
    chosen, retaken = _cut(ranked, settings.informative_pairs)
    names = tuple(drawn[(row.left_id, row.right_id)] for row in retaken)
    pairs = spark.createDataFrame(
        [(row.left_id, row.right_id, row.match_weight, row.stratum) for row in chosen],
        "left_id string, right_id string, match_weight double, stratum int",
    )
    sample = replace(
        last, batch=batch, number=len(before), kind=INFORMATIVE, pairs=(), retaken=names
    )
    return sample, pairs


def _cut(ranked: Sequence[Row], count: int) -> tuple[list[Row], list[Row]]:
    """The first ``count`` pairs that are new, and those before the last of them that are not."""
    chosen: list[Row] = []
    retaken: list[Row] = []
    for row in ranked:
        if len(chosen) == count:
            break
        (retaken if row.is_seen else chosen).append(row)
    return chosen, retaken


def _marks(decided: Sequence[Reviewed]) -> list[list[str]]:
    """What was decided so far, for the name of the batch that follows from it."""
    return [
        sorted(f"{name}:{one.is_match}" for name, one in each.settled.items()) for each in decided
    ]
