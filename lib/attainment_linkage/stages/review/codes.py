"""Codes: opaque stratum codes of pupils, made where the attributes are.

It opens the attributes root alone and leaves a file of ids and codes, for whoever draws the
sample among the names. What a code stands for stays here: it is in no file, and is had again
by asking the attributes the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters import review_files
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.review.codes import codes_text, opaque_codes, require_known
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.measure_tables import CHARACTERISTICS
from attainment_linkage.domain.road import MEASURE, Stage
from attainment_linkage.stages import inputs
from attainment_linkage.stages.review.under_review import recorded
from attainment_linkage.stages.session import session_for
from attainment_linkage.steps import measure

CODES = Stage(
    name="review codes",
    summary="opaque stratum codes of pupils, for who draws the sample",
    reads=MEASURE.reads,
    writes=(),
    step_modules=("measure",),
    config_sections=("review", "measure"),
)
"""What it may open: the attributes root. It is not of the road: people hand the file over."""


def hand_over(
    config: Config,
    by: Sequence[str],
    output: Path,
    *,
    spark: SparkSession | None = None,
    log: RunLog | None = None,
) -> int:
    """Write a file of opaque codes by these characteristics; give back how many codes there are.

    Raises:
        ReviewError: an unknown characteristic, or more codes than would stay opaque.
        MissingTableError: nothing has been detached yet.
        DiskFullError, LakeUnwritableError: the file cannot be written.
    """
    require_known(by, CHARACTERISTICS)
    lake = Lake.open(config.lake, CODES.roots)
    with recorded(config, "codes", " ".join(by)) as made:
        with session_for("review codes", config, spark) as session:
            codes = _coded(session, lake, config, by)
        review_files.write_codes(output, codes_text(codes))
        made["codes"] = output
    count = len(set(codes.values()))
    (log or RunLog()).note("opaque codes", count)
    (log or RunLog()).lies("codes of pupils", len(codes), output)
    return count


def _coded(spark: SparkSession, lake: Lake, config: Config, by: Sequence[str]) -> dict[str, str]:
    """Each pupil's code."""
    inputs.stages_read(CODES, lake)
    read = [inputs.read(spark, lake, CODES, table) for table in CODES.reads]
    groups = measure.pupils_of_groups(measure.measured_pupils(*read), by)
    pupils = {tuple(str(row[name]) for name in by): row["pupils"] for row in groups.collect()}
    sizes = {group: len(ids) for group, ids in pupils.items()}
    code = opaque_codes(sizes, config.measure.smallest_count, config.review.seed)
    return {one: code[group] for group in sorted(pupils) for one in pupils[group]}
