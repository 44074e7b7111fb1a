"""Frame: the pairs that a sample may hold, each in its cell; all batches of a run share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters.lake import Lake
from attainment_linkage.core.review.sample import Sample
from attainment_linkage.core.stage_key import KEY_LENGTH, digest
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import ReviewError
from attainment_linkage.stages import inputs
from attainment_linkage.stages.review.under_review import REVIEW
from attainment_linkage.steps import review

CELL_DDL = "outcome string, band int, key string, code string, stratum int"
_CODES_DDL = "left_id string, stratum_code string"


def codes_hash(codes: Mapping[str, str]) -> str:
    """The name of a file of stratum codes by what it says; empty where there is none."""
    return digest(dict(codes))[:KEY_LENGTH] if codes else ""


def require_same_codes(before: Sequence[Sample], codes: Mapping[str, str]) -> None:
    """Refuse other stratum codes than those by which the batches before were drawn.

    Raises: ReviewError.
    """
    if before and before[0].codes != codes_hash(codes):
        raise ReviewError(
            f"review: the batch {before[0].batch} of this run was drawn by other stratum codes. "
            "Give the same file by --codes, or none where none was given."
        )


def frame_of(
    spark: SparkSession, lake: Lake, edges_bits: Sequence[float], codes: Mapping[str, str]
) -> DataFrame:
    """The scored pairs of the run under review, each with its cell (``steps.review.frame``)."""
    scored, links, reviews = (
        inputs.read(spark, lake, REVIEW, table)
        for table in (tables.SCORED_PAIRS, tables.LINKS, tables.REVIEW_PAIRS)
    )
    coded = spark.createDataFrame(list(codes.items()), _CODES_DDL) if codes else None
    return review.frame(scored, links, reviews, edges_bits, coded)
