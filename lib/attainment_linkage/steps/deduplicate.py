"""Deduplicate: people whom the Census counted twice, found by linking its lines with themselves.

One line of each stands for the person from then on; the others stay attached to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from attainment_linkage.core import doubles, training
from attainment_linkage.core.doubles import Acceptance
from attainment_linkage.core.doubles_model import COLUMNS, FREQUENCY_COLUMNS, WHOLE_NAME
from attainment_linkage.core.levels import HOME
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.training import SAMPLE_STEPS, TrainingBudget
from attainment_linkage.domain import tables
from attainment_linkage.steps import line_patterns, score
from attainment_linkage.steps.contract import require

REVIEW_BITS = -10.0
"""Weight at the starting prior from which pairs are kept: no later prior saves the others."""
BIN_DECIMALS = 2
"""Weights are counted, and accepted, in hundredths of a bit."""
MOST_AT_HOME = 100
"""Lines in one postcode beyond which it is no neighbourhood; such are not trained on."""
_MERGED = ("postcodes", "postcode_sectors", "postcode_districts", "given_names", "surname_parts")
_FIELDS = ("forename", "middle_names", "surname", "birth_date", "sex", "postcode")


def weighed_lines(census: DataFrame) -> DataFrame:
    """The lines with the columns the model reads and the frequencies of their names.

    How common a whole name is: as its parts are apart, or as often as it is seen, a pair's own
    two bearers apart, whichever is more: names go together.
    Grain: one row per line. Cost: one shuffle and one join back per frequency.
    """
    require(census, tables.CENSUS_PEOPLE, step="deduplicate")
    lines = census.select("record_id", *COLUMNS)
    weighed = score.with_term_frequencies(lines, FREQUENCY_COLUMNS)
    known = lines.where(F.col(WHOLE_NAME).isNotNull())
    bearers = known.groupBy(WHOLE_NAME).agg(F.count("*").alias("bearers"))
    everybody = F.sum("bearers").over(Window.partitionBy(F.lit(True)))
    others = bearers.select(WHOLE_NAME, ((F.col("bearers") - 2) / everybody).alias("others"))
    apart = F.col("tf_forename") * F.col("tf_surname")
    together = F.greatest(apart, F.col("others")).alias(f"tf_{WHOLE_NAME}")
    return weighed.join(others, on=WHOLE_NAME, how="left").select("*", together).drop("others")


def facing_itself(lines: DataFrame) -> DataFrame:
    """The file as both sides of a linkage; the rules form each pair of lines once. Narrow."""
    sides = [lines.select(F.lit(is_left).alias("is_left"), "*") for is_left in (True, False)]
    return reduce(DataFrame.unionByName, sides)


def trained(
    lines: DataFrame, model: LinkageModel, count: int, budget: TrainingBudget
) -> dict[str, Any]:
    """Splink's settings, trained on samples: random pairs, and the pairs of lines of one home.

    So that no line meets itself, lines are parted in halves by hash, and halves meet.
    """
    prior, share = doubles.starting_prior(count), budget.record_share(count)
    random = _sample(lines.where(_place(F.col("record_id")) < int(share * SAMPLE_STEPS)))
    patterns = line_patterns.random_patterns(random, model.comparisons, budget)
    settings = doubles.with_random_u(training.splink_settings(model, prior), patterns)
    home = line_patterns.home_patterns(_homes(lines, share), settings["comparisons"])
    return doubles.fitted(settings, home)


def acceptance(scored_pairs: DataFrame, count: int, false_share: float) -> Acceptance:
    """From which weight on pairs are doubles, from the counts of pairs by weight."""
    bins = scored_pairs.groupBy(F.round("match_weight", BIN_DECIMALS).alias("bits")).agg(
        F.count("*").alias("pairs")
    )
    counted = bins.orderBy("bits").toArrow()
    return doubles.acceptance(
        counted["bits"].to_numpy(),
        counted["pairs"].to_numpy().astype(np.float64),
        count,
        doubles.starting_prior(count),
        false_share,
    )


def census_doubles(scored_pairs: DataFrame, lines: DataFrame, accepted: Acceptance) -> DataFrame:
    """The further lines of each person, and the line that stands for the person.

    That is the line with most fields and postcodes, of equal ones the first by id.
    Grain:  in, one row per scored pair of lines; out, one row per further line.
    Units:  match_weight in bits of posterior odds that it is the representative's person.
    Cost:   two joins by id (a line is there once) of accepted pairs; these, few, go to one
            task, since a group of lines must not be cut.
    """
    least = round(accepted.least_bits - accepted.shift_bits, BIN_DECIMALS)
    is_accepted = F.round("match_weight", BIN_DECIMALS) >= least
    pairs = (
        scored_pairs.where(is_accepted)
        .select("left_id", "right_id", _posterior(accepted))
        .join(_fullness(lines, "left"), on="left_id", how="inner")
        .join(_fullness(lines, "right"), on="right_id", how="inner")
    )
    return pairs.repartition(1).mapInArrow(_grouper(), tables.CENSUS_DOUBLES.ddl)


def possible_doubles(
    scored_pairs: DataFrame, further: DataFrame, accepted: Acceptance
) -> DataFrame:
    """Pairs of lines that stand and may be one person, too unsure to be taken for one.

    Where both lines contest one pupil, ``resolve.yielding_pairs`` lets one of them yield. What
    speaks for a further line, and not for the one that stands, does not count: two twins may
    each be like a line that is one of them.
    Grain:  in, one row per scored pair of lines and one per further line; out, one row per
            pair of lines that stand.
    Units:  match_weight in bits of posterior odds that the two are one person.
    Cost:   two anti-joins by id of the pairs from ``doubles.POSSIBLE_BITS`` on.
    """
    require(further, tables.CENSUS_DOUBLES, step="deduplicate")
    pairs = scored_pairs.select("left_id", "right_id", _posterior(accepted))
    pairs = pairs.where(F.col("match_weight") >= doubles.POSSIBLE_BITS)
    for side in ("left_id", "right_id"):
        is_further = further.select(F.col("census_id").alias(side))
        pairs = pairs.join(is_further, on=side, how="left_anti")
    first, second = F.least("left_id", "right_id"), F.greatest("left_id", "right_id")
    return pairs.select(first.alias("left_id"), second.alias("right_id"), "match_weight")


def standing_lines(census: DataFrame, further: DataFrame) -> DataFrame:
    """One line per person: representatives with every line's names and postcodes.

    Grain: in, ``census_people`` and ``census_doubles``; out, as ``census_people``, without the
    further lines. Where a person lives, by any of the lines, counts in linking.
    Cost:  joins by id, each how=left on one row per id.
    """
    require(census, tables.CENSUS_PEOPLE, step="deduplicate")
    require(further, tables.CENSUS_DOUBLES, step="deduplicate")
    arrays = census.select(F.col("record_id").alias("census_id"), *_MERGED)
    lent = [F.flatten(F.collect_list(name)).alias(f"lent_{name}") for name in _MERGED]
    attached = further.join(arrays, on="census_id", how="inner")
    attached = attached.groupBy(F.col("representative_id").alias("record_id")).agg(*lent)
    copies = further.select(F.col("census_id").alias("record_id"))
    standing = census.join(copies, on="record_id", how="left_anti")
    merged = standing.join(attached, on="record_id", how="left")
    return merged.select(
        *(
            _with_lent(name) if name in _MERGED else F.col(name)
            for name in tables.CENSUS_PEOPLE.names
        )
    )


def _posterior(accepted: Acceptance) -> Column:
    """Match weights at the estimated prior, from those at the starting one."""
    return F.round(F.col("match_weight") + accepted.shift_bits, 6).alias("match_weight")


def _with_lent(name: str) -> Column:
    """A representative's array with what the other lines hold; any other's as it is."""
    lent = F.coalesce(f"lent_{name}", F.array())
    every = F.array_sort(F.array_distinct(F.concat(F.coalesce(name, F.array()), lent)))
    return F.when(F.size(lent) == 0, F.col(name)).otherwise(every).alias(name)


def _fullness(lines: DataFrame, side: str) -> DataFrame:
    """How many fields and postcodes each line has, under the names of one side."""
    fields = reduce(add, [F.col(name).isNotNull().cast("int") for name in _FIELDS])
    postcodes = F.size(F.coalesce("postcodes", F.array()))
    return lines.select(
        F.col("record_id").alias(f"{side}_id"), (fields + postcodes).alias(f"{side}_fullness")
    )


def _place(*columns: Column) -> Column:
    """A place from 0 to ``SAMPLE_STEPS`` that a row's values draw, the same in every run."""
    return F.pmod(F.xxhash64(*columns), F.lit(SAMPLE_STEPS))


def _sample(lines: DataFrame, home: Column | None = None) -> pa.Table:
    """Lines on the driver, one half of them the left file, sorted by file and id."""
    is_left = _place(F.lit("half"), F.col("record_id")) < SAMPLE_STEPS // 2
    known = F.lit(None).cast("string") if home is None else home
    drawn = lines.select(is_left.alias("is_left"), "record_id", *COLUMNS, known.alias(HOME))
    order = [("is_left", "descending"), ("record_id", "ascending"), (HOME, "ascending")]
    return drawn.toArrow().sort_by(order)


def _homes(lines: DataFrame, share: float) -> pa.Table:
    """Each line once per postcode it has, of a share of the postcodes, drawn by hash."""
    placed = lines.withColumn("unit", F.explode(F.array_compact(F.array_distinct("postcodes"))))
    drawn = placed.where(_place(F.col("unit")) < int(share * SAMPLE_STEPS))
    crowd = F.count("*").over(Window.partitionBy("unit"))
    return _sample(
        drawn.withColumn("crowd", crowd).where(F.col("crowd") <= MOST_AT_HOME), F.col("unit")
    )


def _grouper() -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    """The function of the one task that gets all accepted pairs."""

    def task(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        delivered = list(batches)
        if delivered:
            yield from _grouped(pa.Table.from_batches(delivered)).to_batches()

    return task


def _grouped(pairs: pa.Table) -> pa.Table:
    left, right = pairs["left_id"].to_pylist(), pairs["right_id"].to_pylist()
    weight = pairs["match_weight"].to_pylist()
    bits = {frozenset(pair): w for *pair, w in zip(left, right, weight, strict=True)}
    fullness = dict(zip(left, pairs["left_fullness"].to_pylist(), strict=True))
    fullness |= dict(zip(right, pairs["right_fullness"].to_pylist(), strict=True))
    rows: list[tuple[str, str, float]] = []
    for group in doubles.groups(left, right, weight):
        standing = min(group, key=lambda line: (-fullness[line], line))
        rows += [(line, standing, bits[frozenset((line, standing))])
                 for line in group if line != standing]  # fmt: skip
    names = tables.CENSUS_DOUBLES.names
    kinds = (pa.string(), pa.string(), pa.float64())
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table(
        {n: pa.array(list(c), k) for n, c, k in zip(names, columns, kinds, strict=True)}
    )
