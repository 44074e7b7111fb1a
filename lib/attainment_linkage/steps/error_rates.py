"""Error rates: what the estimates of false and missed links are made from, in counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from attainment_linkage.core import blocking_loss
from attainment_linkage.core.blocking_loss import Lost
from attainment_linkage.core.calibration import StandIns, WeighedPairs
from attainment_linkage.core.kept_share import NEAR_BITS, Weights
from attainment_linkage.core.prior import Files
from attainment_linkage.core.rules import Equality, Rule
from attainment_linkage.domain import tables
from attainment_linkage.steps.contract import require

_BINS_PER_BIT = 16.0
_MOST_BITS, _NO_ODDS = 60.0, 1e-9
_LIKELY = 0.01
"""Chance from which a pair's agreement counts: the others together are next to nothing."""
_PAIR = ["left_id", "right_id"]
SIDES = ("left", "right")


def chanced_pairs(
    scored_pairs: DataFrame, links: DataFrame, margin_bits: float, files: Files
) -> DataFrame:
    """Scored pairs with the odds of their rivals, their own chance to be true, and their part.

    Rivals: the other pairs of a record that is linked once at most. Where records of both files
    are, a link's rival is worth as much less as the other record that it needs is claimed by
    others: the first step of passing messages between the files (Chertkov et al. 2010, PNAS
    107:7663-7668). Pairs that are no links are in tangles, where one step says too much.
    ``is_link``;
    ``is_stand_in``: the next best pair of a linked record, which would be a link, had the
    record's partner been missing: it leads its own rivals by the margin. The records are
    those of the smaller file of which each is linked once.

    Grain: one row per scored pair. Cost: one join by pair (how=left, a pair is there once),
    a shuffle per side that is linked once to add up rivals and, where both are, one more; two to
    rank them.
    """
    require(scored_pairs, tables.SCORED_PAIRS, step="error rates")
    odds = F.pow(F.lit(2.0), F.least(F.col("match_weight"), F.lit(_MOST_BITS)))
    linked = links.select(*_PAIR, F.lit(True).alias("is_link"))
    joined = scored_pairs.select(*_PAIR, "match_weight", odds.alias("odds")).join(
        linked, on=_PAIR, how="left"
    )
    pairs = joined.withColumn("is_link", F.coalesce("is_link", F.lit(False)))
    return (
        _with_rivals(pairs, list(files.records_once))
        .withColumn("is_stand_in", _is_stand_in(margin_bits, files))
        .select(
            *_PAIR,
            F.floor(F.col("match_weight") * _BINS_PER_BIT).cast("int").alias("bits"),
            F.when(F.col("rivals") > _NO_ODDS, _bin(F.log2("rivals"))).alias("rival_bits"),
            (F.col("odds") / (1 + F.col("rivals") + F.col("odds"))).alias("chance"),
            "is_link",
            "is_stand_in",
        )
    )


def _with_rivals(pairs: DataFrame, sides: Sequence[str]) -> DataFrame:
    """The pairs with ``rivals``: what the other pairs of their records are worth together."""
    others = {side: _others(side, F.col("odds")) for side in sides}
    if len(sides) < len(SIDES):
        return pairs.withColumn("rivals", others[sides[0]] if sides else F.lit(0.0))
    left, right = SIDES
    claimed = pairs.withColumns({f"{side}_others": others[side] for side in SIDES})
    unclaimed = {
        side: F.col("odds") / (1 + F.col(f"{other}_others"))
        for side, other in ((left, right), (right, left))
    }
    # right first: the pairs lie by their right records already
    of_link = _others(right, unclaimed[right]) + _others(left, unclaimed[left])
    every = F.col("left_others") + F.col("right_others")
    return claimed.withColumn("rivals", F.when(F.col("is_link"), of_link).otherwise(every))


def _others(side: str, worth: Column) -> Column:
    """What the other pairs of a pair's record of a side are worth together."""
    every = F.sum(worth).over(Window.partitionBy(f"{side}_id"))
    return F.greatest(every - worth, F.lit(0.0))


def _is_stand_in(margin_bits: float, files: Files) -> Column:
    """Whether a pair would be a link if its linked record had not the link it has."""
    if not files.is_left_once and not files.is_right_once:
        return F.lit(False)  # each may have many partners: a second one stands in for nobody
    base, other = _sides(files)
    in_order = Window.partitionBy(base).orderBy(F.desc("is_link"), F.desc("match_weight"), other)
    is_next = (F.row_number().over(in_order) == 2) & F.max("is_link").over(Window.partitionBy(base))
    lead = F.col("match_weight") - F.coalesce(F.lead("match_weight").over(in_order), F.lit(-1e9))
    is_clear = lead >= margin_bits
    if files.is_left_once and files.is_right_once:
        by_weight = Window.partitionBy(other).orderBy(F.desc("match_weight"), base)
        first = F.max("match_weight").over(Window.partitionBy(other))
        is_first = F.row_number().over(by_weight) == 1
        rival = F.when(is_first, F.lead("match_weight").over(by_weight)).otherwise(first)
        is_clear &= F.col("match_weight") - F.coalesce(rival, F.lit(-1e9)) >= margin_bits
    return is_next & is_clear


def _sides(files: Files) -> tuple[str, str]:
    """The file whose records may stand without a partner, and the other one."""
    is_left = files.is_left_once and (
        not files.is_right_once or files.left_records <= files.right_records
    )
    return ("left_id", "right_id") if is_left else ("right_id", "left_id")


def weighed_pairs(chanced: DataFrame) -> WeighedPairs:
    """The pairs, counted by weight, by their rivals' weight, and by being a link.

    Cost: one small shuffle of the bins.
    """
    keys = ["bits", "rival_bits", "is_link"]
    bins = chanced.groupBy(*keys).agg(F.count("*").alias("pairs")).orderBy(*keys).toArrow()
    rival = bins["rival_bits"].to_numpy().astype(np.float64)
    return WeighedPairs(
        bins["bits"].to_numpy().astype(np.float64) / _BINS_PER_BIT,
        np.where(np.isnan(rival), -np.inf, rival / _BINS_PER_BIT),
        bins["pairs"].to_numpy().astype(np.float64),
        bins["is_link"].to_numpy(zero_copy_only=False).astype(bool),
    )


def stand_ins(chanced: DataFrame, files: Files, true_pairs: float, copies: float = 0.0) -> StandIns:
    """The pairs that would be links, had a linked record's partner been missing, by weight.

    ``true_pairs``: how many true pairs are expected among those that were weighed;
    ``copies``: how many linked records have a further line of the same person, unfound.
    Cost: one small shuffle of the bins.
    """
    found = (
        chanced.where("is_stand_in")
        .groupBy("bits")
        .agg(F.count("*").alias("records"))
        .orderBy("bits")
        .toArrow()
    )
    records = files.left_records if _sides(files)[0] == "left_id" else files.right_records
    return StandIns(
        found["bits"].to_numpy().astype(np.float64) / _BINS_PER_BIT,
        found["records"].to_numpy().astype(np.float64),
        max(records - true_pairs, 0.0),
        copies,
        is_counted=bool(files.records_once),
    )


def lost_pairs(
    chanced: DataFrame, records: DataFrame, rules: Sequence[Rule], review_bits: float
) -> Lost:
    """True pairs that no blocking rule formed, or that were not kept, from how the likely agree.

    ``records`` are those of both files, as ``block.linkage_records`` gives them;
    ``review_bits``: the weight under which no pair was kept.
    Cost: two joins of the pairs by id (a record is there once), a small shuffle of patterns.
    """
    equalities = blocking_loss.equalities_of(rules)
    bits = (F.col("bits") / _BINS_PER_BIT).alias("bits")
    pairs = chanced.where(F.col("chance") >= _LIKELY).select(*_PAIR, "chance", bits)
    for is_left, name in ((True, "left"), (False, "right")):
        columns = sorted({getattr(equality, name) for equality in equalities})
        fields = [F.col(column).alias(f"{name}_{column}") for column in columns]
        side = records.where(F.col("is_left") == is_left)
        side = side.select(F.col("record_id").alias(f"{name}_id"), *fields)
        pairs = pairs.join(side, on=f"{name}_id", how="inner")
    names = [f"held_{number}" for number in range(len(equalities))]
    held = [
        F.coalesce(_holds(one), F.lit(False)).alias(name)
        for one, name in zip(equalities, names, strict=True)
    ]
    sums = [F.sum(F.col("chance") * F.pow("bits", F.lit(n))).alias(f"sum_{n}") for n in range(3)]
    near = F.when(F.col("bits") < review_bits + NEAR_BITS, F.col("chance")).otherwise(0.0)
    sums.append(F.sum(near).alias("sum_3"))
    patterns = pairs.select("chance", "bits", *held).groupBy(*names).agg(*sums)
    patterns = patterns.orderBy(*names).toArrow()
    columns_held = [patterns[name].to_numpy(zero_copy_only=False).astype(bool) for name in names]
    count, of_bits, squares, of_near = (
        np.round(patterns[f"sum_{n}"].to_numpy().astype(np.float64), 6) for n in range(4)
    )
    kept = Weights(count, of_bits, squares, of_near, review_bits)
    return blocking_loss.lost_pairs(rules, np.stack(columns_held, axis=1), kept)


def _holds(equality: Equality) -> Column:
    left, right = F.col(f"left_{equality.left}"), F.col(f"right_{equality.right}")
    if equality.is_left_array and equality.is_right_array:
        return F.arrays_overlap(F.array_compact(left), F.array_compact(right))
    if equality.is_left_array:
        return F.array_contains(left, right)
    if equality.is_right_array:
        return F.array_contains(right, left)
    return left == right


def _bin(bits: Column) -> Column:
    return F.round(bits * _BINS_PER_BIT).cast("int")
