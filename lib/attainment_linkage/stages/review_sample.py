"""Review sample: draws a batch of pairs and writes it to the identifiers root.

The first batch of a run is a stratified sample; each later one holds the pairs whose
decision would tell most, given those there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pyspark.sql import DataFrame, Row, SparkSession

from attainment_linkage.adapters import review_files
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.plain_tables import read_text
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.review.codes import parsed_codes
from attainment_linkage.core.review.quality import Reviewed, shares
from attainment_linkage.core.review.sample import (
    Sample,
    SamplePair,
    batch_name,
    filled,
    pair_name,
)
from attainment_linkage.core.review.sampling import Cell, design
from attainment_linkage.core.review.settings import ReviewSettings
from attainment_linkage.core.settings import Config
from attainment_linkage.core.stage_key import KEY_LENGTH, digest
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import ReviewError
from attainment_linkage.domain.review import INFORMATIVE, STRATIFIED
from attainment_linkage.stages import inputs
from attainment_linkage.stages.review_batches import (
    REVIEW,
    opened,
    recorded,
    reviewed,
    root_of,
    run_of,
)
from attainment_linkage.stages.session import session_for
from attainment_linkage.steps import review

_CODES_DDL = "left_id string, stratum_code string"
_CELL_DDL = "outcome string, band int, key string, code string, stratum int"


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
    _require_same_codes(before, codes)
    edges_bits = before[0].band_edges_bits if before else settings.band_edges_bits
    frame = _frame(spark, lake, edges_bits, codes)
    if before:
        decided = [reviewed(root, sample) for sample in before]
        empty, pairs = _next(spark, frame, decided, settings)
    else:
        empty, pairs = _first(spark, frame, run, settings, _hash(codes))
    rows = review.side_by_side(
        pairs,
        inputs.read(spark, lake, REVIEW, tables.ATTAINMENT_PEOPLE),
        inputs.read(spark, lake, REVIEW, tables.CENSUS_PEOPLE),
    ).collect()
    return replace(empty, pairs=_pairs(empty.batch, rows))


def _hash(codes: Mapping[str, str]) -> str:
    return digest(dict(codes))[:KEY_LENGTH] if codes else ""


def _require_same_codes(before: Sequence[Sample], codes: Mapping[str, str]) -> None:
    if before and before[0].codes != _hash(codes):
        raise ReviewError(
            f"review: the batch {before[0].batch} of this run was drawn by other stratum codes. "
            "Give the same file by --codes, or none where none was given."
        )


def _frame(
    spark: SparkSession, lake: Lake, edges_bits: Sequence[float], codes: Mapping[str, str]
) -> DataFrame:
    scored, links, reviews = (
        inputs.read(spark, lake, REVIEW, table)
        for table in (tables.SCORED_PAIRS, tables.LINKS, tables.REVIEW_PAIRS)
    )
    coded = spark.createDataFrame(list(codes.items()), _CODES_DDL) if codes else None
    return review.frame(scored, links, reviews, edges_bits, coded)


def _first(
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
    strata = spark.createDataFrame(rows, f"{_CELL_DDL}, drawn int")
    return sample, review.drawn(frame, strata, settings.seed)


def _next(
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
        spark.createDataFrame(rows, f"{_CELL_DDL}, decided int, matches int"),
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
