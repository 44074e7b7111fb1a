"""Resolve: from scored pairs to links, under the relation between the two files."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.assignment import Ints, decide
from attainment_linkage.core.policy import ResolvePolicy
from attainment_linkage.domain import tables
from attainment_linkage.steps.contract import require
from attainment_linkage.steps.ladder import with_conflicts
from attainment_linkage.steps.rivals import SIDES, crowded

_PAIR = ["left_id", "right_id"]
_DECISION = "decision"
_LINKED, _CONTESTED, _LOST = "linked", "contested", "lost"
_MOST_BITS = 60.0


def yielding_pairs(
    scored_pairs: DataFrame,
    possible_doubles: DataFrame,
    copies: float,
    policy: ResolvePolicy,
    parts: int,
) -> DataFrame:
    """Pairs of a pupil with a line that yields to another line of, it may be, the same person.

    Lines that are strong for one and the same pupil, and for nobody else, do not contest each
    other where they are likely one person: a link to either is right then. That they are says
    the file linked with itself (``possible_doubles``), or the lighter pair alone: its odds, times
    the share of people who have a further line, are those of one person with two lines against
    somebody else who agrees as much. All pairs but the pupil's heaviest (of equal ones that of
    the least id) may yield to it: each does where it is likelier the same person's than not, and
    led by the margin once its odds count for as much as it is somebody else's. Lines that
    another pupil's pair is strong for are people apart, as twins are, and go on contesting.

    Args:
        copies: how many lines double another one unfound, as a share of all.

    Grain: in, one row per pair and one per two lines; out, one row per yielding pair.
    Units: other_bits, log2 of the chance that the two lines are two people's after all.
    Cost:  as ``decided_pairs``; the few contested pairs and the possible doubles go to every task.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(scored_pairs, tables.SCORED_PAIRS, step="resolve")
    require(possible_doubles, tables.POSSIBLE_DOUBLES, step="resolve")
    strong = scored_pairs.where(F.col("match_weight") >= _floor(policy))
    pupils, lines = (F.broadcast(records) for records in crowded(strong, parts))
    stars = (
        strong.select(*_PAIR, "match_weight")
        .join(pupils, on=F.xxhash64("left_id") == F.col("id_hash"), how="left_semi")
        .join(lines, on=F.xxhash64("right_id") == F.col("id_hash"), how="left_anti")
    )
    # of equal weights the least id: no order of rows decides
    first = F.min(F.struct((-F.col("match_weight")).alias("minus_bits"), "right_id"))
    heaviest = stars.groupBy("left_id").agg(first.alias("heaviest"))
    heavy = F.col("heaviest.right_id")
    doubles = possible_doubles.select(
        F.col("left_id").alias("first_id"),
        F.col("right_id").alias("second_id"),
        F.col("match_weight").alias("as_doubles"),
    )
    rivals = (
        stars.join(F.broadcast(heaviest), on="left_id", how="inner")  # a pupil is there once
        .where(heavy != F.col("right_id"))
        .withColumn("first_id", F.least(heavy, "right_id"))
        .withColumn("second_id", F.greatest(heavy, "right_id"))
        # how=left: two lines are there once, or not at all
        .join(F.broadcast(doubles), on=["first_id", "second_id"], how="left")
    )
    by_weight = F.col("match_weight") + (math.log2(copies) if copies > 0 else -math.inf)
    evidence = F.least(F.greatest("as_doubles", by_weight), F.lit(_MOST_BITS))
    is_other = -F.log2(1 + F.pow(F.lit(2.0), "evidence"))
    lead = -F.col("heaviest.minus_bits") - F.col("match_weight")
    return (
        rivals.withColumn("evidence", evidence)
        .where((F.col("evidence") >= 0) & (F.round(lead - is_other, 6) >= policy.margin_bits))
        .select(*_PAIR, F.round(is_other, 6).alias("other_bits"))
    )


def competing_pairs(scored_pairs: DataFrame, yielding: DataFrame) -> DataFrame:
    """The pairs that do not yield; those that do are few, and go to every task."""
    return scored_pairs.join(F.broadcast(yielding), on=_PAIR, how="left_anti")


def discounted_pairs(scored_pairs: DataFrame, yielding: DataFrame) -> DataFrame:
    """All pairs, a yielding one at its weight as another person's: what errors follow from.

    Grain: one row per scored pair (how=left: a pair yields once); the few go to every task.
    """
    weight = F.round(F.col("match_weight") + F.coalesce("other_bits", F.lit(0.0)), 6)
    every = scored_pairs.join(F.broadcast(yielding), on=_PAIR, how="left")
    return every.withColumn("match_weight", weight).select(*scored_pairs.columns)


def decided_pairs(scored_pairs: DataFrame, policy: ResolvePolicy, parts: int) -> DataFrame:
    """Decide every strong pair: linked, contested or lost, with its margin.

    A pair is strong when it reaches ``accept_bits - margin_bits``: below that it can
    neither link nor rob a link of its margin.

    Grain: in, one row per pair; out, one row per strong pair: the columns of ``links``
    and ``decision``. Under one-to-one, a pair without a rival on either side is a link as soon
    as its weight is one's; the rest, few, go to one task, since a component must not be cut.
    Cost: one shuffle of a number per pair and side to find the records of several pairs, which
    then go to every task; one of the pairs that have rivals.
    Raises: MissingColumnsError, before any Spark job starts.
    """
    require(scored_pairs, tables.SCORED_PAIRS, step="resolve")
    strong = scored_pairs.where(F.col("match_weight") >= _floor(policy))
    schema = f"{tables.LINKS.ddl}, {_DECISION} string"
    decider = _decider(policy)
    if policy.relation != "one_to_one":
        node = "right_id" if policy.relation == "one_to_many" else "left_id"
        return strong.repartition(parts, node).mapInArrow(decider, schema)
    is_rivalled = F.lit(False)
    for side, records in zip(SIDES, crowded(strong, parts), strict=True):
        # how=left: every pair stays; a record is there once among the crowded ones
        named = records.select(F.col("id_hash").alias(f"{side}_crowded"))
        is_same = F.xxhash64(f"{side}_id") == F.col(f"{side}_crowded")
        strong = strong.join(F.broadcast(named), on=is_same, how="left")
        is_rivalled = is_rivalled | F.col(f"{side}_crowded").isNotNull()
    names = tables.SCORED_PAIRS.names
    is_link = F.col("match_weight") >= policy.accept_bits
    lone = strong.where(~is_rivalled).select(
        *names,
        F.lit(None).cast("double").alias("margin_bits"),
        F.when(is_link, _LINKED).otherwise(_LOST).alias(_DECISION),
    )
    tangled = strong.where(is_rivalled).select(*names)
    return lone.unionByName(tangled.repartition(1).mapInArrow(decider, schema))


def links(decided: DataFrame) -> DataFrame:
    """The pairs that are links. Grain: one row per link; narrow."""
    return decided.where(F.col(_DECISION) == _LINKED).select(*tables.LINKS.names)


def review_pairs(scored_pairs: DataFrame, decided: DataFrame) -> DataFrame:
    """Pairs for clerical review: contested, in conflict, or weak with both records free.

    ``scored_pairs``: those that compete; of what yields, the pair it yields to is looked at.

    Grain: one row per pair that is not a link. A pair that lost one of its records to a
    link is reviewed only where a matchkey found it: then two keys contradict each other.
    Cost: anti-joins by left and by right id (they only drop rows), two by pair.
    """
    linked = links(decided)
    contested = decided.where(F.col(_DECISION) == _CONTESTED).withColumn(
        "reason", F.lit("contested")
    )
    conflicts = (
        with_conflicts(scored_pairs)
        .where("is_conflict")
        .join(linked.select(*_PAIR), on=_PAIR, how="left_anti")
        .join(contested.select(*_PAIR), on=_PAIR, how="left_anti")
        .withColumn("reason", F.lit("conflict"))
    )
    weak = (
        scored_pairs.join(linked.select("left_id"), on="left_id", how="left_anti")
        .join(linked.select("right_id"), on="right_id", how="left_anti")
        .join(contested.select(*_PAIR), on=_PAIR, how="left_anti")
        .join(conflicts.select(*_PAIR), on=_PAIR, how="left_anti")
        .withColumn("reason", F.lit("weak"))
    )
    names = tables.REVIEW_PAIRS.names
    unmeasured = conflicts.unionByName(weak, allowMissingColumns=True).withColumn(
        "margin_bits", F.lit(None).cast("double")
    )
    return contested.select(*names).unionByName(unmeasured.select(*names))


def flagged_pairs(scored_pairs: DataFrame, decided: DataFrame) -> DataFrame:
    """Every scored pair with whether it is a link: id_a, id_b, score in bits, link.

    Grain: one row per scored pair; how=left on the pair, which ``decided`` holds once.
    """
    linked = links(decided).select("left_id", "right_id", F.lit(True).alias("link"))
    return scored_pairs.join(linked, on=["left_id", "right_id"], how="left").select(
        F.col("left_id").alias("id_a"),
        F.col("right_id").alias("id_b"),
        F.col("match_weight").alias("score"),
        F.coalesce("link", F.lit(False)).alias("link"),
    )


def _floor(policy: ResolvePolicy) -> float:
    """The weight below which a pair neither links nor robs a link of its margin."""
    return policy.accept_bits - policy.margin_bits


def _decider(
    policy: ResolvePolicy,
) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    """The function of one task: all of its pairs to ``core.assignment``."""

    def task(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        delivered = list(batches)
        if delivered:
            yield from _decided(pa.Table.from_batches(delivered), policy).to_batches()

    return task


def _decided(pairs: pa.Table, policy: ResolvePolicy) -> pa.Table:
    pairs = pairs.sort_by([("left_id", "ascending"), ("right_id", "ascending")])
    left, right = _codes(pairs["left_id"]), _codes(pairs["right_id"])
    weight = pairs["match_weight"].to_numpy()
    decisions = decide(left, right, weight, policy)
    margin = pa.array(decisions.margin_bits, mask=np.isnan(decisions.margin_bits))
    decision = np.where(
        decisions.is_link, _LINKED, np.where(decisions.is_contested, _CONTESTED, _LOST)
    )
    columns = {name: pairs[name] for name in pairs.column_names}
    columns["margin_bits"] = pc.round(margin, 6)
    columns[_DECISION] = pa.array(decision, pa.string())
    return pa.table({name: columns[name] for name in [*tables.LINKS.names, _DECISION]})


def _codes(values: pa.ChunkedArray) -> Ints:
    encoded = values.combine_chunks().dictionary_encode()
    codes: Ints = encoded.indices.to_numpy().astype(np.int64)
    return codes
