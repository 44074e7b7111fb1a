"""Sample: draws a batch of pairs and writes it to the identifiers root.

The first batch of a run is a stratified sample; each later one holds the pairs whose
decision would tell most, given those there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pyspark.sql import Row, SparkSession

from attainment_linkage.adapters import review_files
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.plain_tables import read_text
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.review.codes import parsed_codes
from attainment_linkage.core.review.sample import Sample, SamplePair, filled, pair_name
from attainment_linkage.core.review.settings import ReviewSettings
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import tables
from attainment_linkage.stages import inputs
from attainment_linkage.stages.review.batches import reviewed
from attainment_linkage.stages.review.frame import codes_hash, frame_of, require_same_codes
from attainment_linkage.stages.review.informative import next_batch
from attainment_linkage.stages.review.stratified import first_batch
from attainment_linkage.stages.review.under_review import REVIEW, opened, recorded, root_of, run_of
from attainment_linkage.stages.session import session_for
from attainment_linkage.steps import review


def draw(
    config: Config,
    *,
    codes: Path | None = None,
    spark: SparkSession | None = None,
    log: RunLog | None = None,
) -> Sample:
    """Draw the next batch of the run under review.

    ``codes`` is a file of opaque stratum codes of pupils, the same for all batches of a run.

    Raises:
        MissingTableError: nothing has been linked.
        ReviewError: the batch before has no decision yet, or the codes are refused.
    """
    log = log or RunLog()
    lake = opened(config)
    run_of(lake)
    given = parsed_codes(read_text(codes), codes.name) if codes else {}
    with session_for("review sample", config, spark) as session:
        return _drawn(session, lake, config, given, log)


def _drawn(
    spark: SparkSession,
    lake: Lake,
    config: Config,
    codes: Mapping[str, str],
    log: RunLog,
) -> Sample:
    root = root_of(lake)
    with lake.locked() as locked, log.stage("review", "draws pairs for clerical review"):
        run = run_of(locked)
        inputs.stages_read(REVIEW, locked)
        with recorded(config, "sample", run) as made:
            sample = _sample(spark, locked, run, config.review, codes)
            path = made["sample"] = review_files.write_sample(root, sample)
    log.note("batch", sample.batch)
    log.note("kind", sample.kind)
    log.note("strata", len(sample.strata))
    log.lies("review sample", len(sample.pairs), path)
    return sample


def _sample(
    spark: SparkSession,
    lake: Lake,
    run: str,
    settings: ReviewSettings,
    codes: Mapping[str, str],
) -> Sample:
    """The next batch of the run, with its pairs side by side."""
    root = root_of(lake)
    before = review_files.samples(root, run)
    require_same_codes(before, codes)
    edges_bits = before[0].band_edges_bits if before else settings.band_edges_bits
    frame = frame_of(spark, lake, edges_bits, codes)
    if before:
        decided = [reviewed(root, sample) for sample in before]
        empty, pairs = next_batch(spark, frame, decided, settings)
    else:
        empty, pairs = first_batch(spark, frame, run, settings, codes_hash(codes))
    rows = review.side_by_side(
        pairs,
        inputs.read(spark, lake, REVIEW, tables.ATTAINMENT_PEOPLE),
        inputs.read(spark, lake, REVIEW, tables.CENSUS_PEOPLE),
    ).collect()
    return replace(empty, pairs=_pairs(empty.batch, rows))


def _pairs(batch: str, rows: Sequence[Row]) -> tuple[SamplePair, ...]:
    """The pairs of a batch in the order of their names, which tells nothing of them."""
    names = [column.name for column in tables.LINKAGE_FIELDS]
    pairs = [
        SamplePair(
            pair=pair_name(batch, row.left_id, row.right_id),
            left_id=row.left_id,
            right_id=row.right_id,
            match_weight=row.match_weight,
            stratum=row.stratum,
            left=filled(names, list(row.left)),
            right=filled(names, list(row.right)),
        )
        for row in rows
    ]
    return tuple(sorted(pairs, key=lambda pair: pair.pair))
