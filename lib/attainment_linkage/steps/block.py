"""Block: which records meet, counted before any pair is formed.

``linkage_records`` puts the two files in one frame; ``candidate_counts`` counts each
rule's pairs from the sizes of its blocks; ``keyed`` lays records out by a group's key.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.blocking_plan import KeyGroup, RuleCount
from attainment_linkage.core.rules import Equality, Rule
from attainment_linkage.steps.contract import require_columns
from attainment_linkage.steps.kernel import ELEMENT


def linkage_records(left: DataFrame, right: DataFrame, columns: Sequence[str]) -> DataFrame:
    """Both files as one frame: is_left, record_id and the columns the model reads.

    Grain: one row per record of either file. Narrow: no shuffle.
    Raises: MissingColumnsError before any Spark job starts.
    """
    require_columns(left, ["record_id", *columns], "block", "the left file")
    require_columns(right, ["record_id", *columns], "block", "the right file")
    return left.select(F.lit(True).alias("is_left"), "record_id", *columns).unionByName(
        right.select(F.lit(False).alias("is_left"), "record_id", *columns)
    )


def side_counts(records: DataFrame) -> tuple[int, int]:
    """Left and right records, counted in one pass."""
    is_left = F.col("is_left")
    row = records.agg(F.count_if(is_left).alias("l"), F.count_if(~is_left).alias("r")).collect()[0]
    return row["l"], row["r"]


def candidate_counts(records: DataFrame, rules: Sequence[Rule]) -> DataFrame:
    """Count, for each rule, the pairs its equalities form: the sum over blocks of left x right.

    Grain: one row per rule that has a whole key. Exact up to collisions of a 64-bit hash;
    an upper bound for rules with a further condition or an array. No pair is formed.
    Cost: one pass; one shuffle of (rule, key hash, two counts), combined before it.
    """
    keys = F.concat(*(_block_keys(rule, number) for number, rule in enumerate(rules)))
    blocks = (
        records.select("is_left", F.explode(keys).alias("key"))
        .groupBy("key.rule_number", "key.block")
        .agg(
            F.count_if("is_left").alias("left_records"),
            F.count_if(~F.col("is_left")).alias("right_records"),
        )
    )
    pairs = F.col("left_records") * F.col("right_records")
    return blocks.groupBy("rule_number").agg(
        F.sum("left_records").alias("left_records"),
        F.sum("right_records").alias("right_records"),
        F.sum(pairs).alias("candidate_pairs"),
        F.max(pairs).alias("largest_block_pairs"),
    )


def rule_counts(counts: DataFrame) -> dict[int, RuleCount]:
    """The counts on the driver: one small row per rule."""
    return {row["rule_number"]: RuleCount(**row.asDict()) for row in counts.collect()}


def keyed(records: DataFrame, group: KeyGroup, bucket_count: int) -> DataFrame:
    """Records laid out by the key of a group: one partition per bucket.

    Records with a null in the key meet nobody and are left out. Where the key is over array
    elements, a record comes once per element, with the element beside it.
    Cost: one shuffle of both files, of the given columns only.
    """
    array = group.array_equality
    scalars = [_side_value(equality) for equality in group.key if equality != array]
    partition_by = list(scalars)
    laid_out = records
    if array is not None:
        laid_out = records.withColumn(ELEMENT, F.explode(_elements(array)))
        partition_by.append(F.col(ELEMENT))
    for value in scalars:
        laid_out = laid_out.where(value.isNotNull())
    if not partition_by:
        return laid_out.repartition(bucket_count)
    return laid_out.repartition(bucket_count, *partition_by)


def _side_value(equality: Equality) -> Column:
    """The key value of a record: the left column in a left record, else the right one."""
    if equality.left == equality.right:
        return F.col(equality.left)
    return F.when(F.col("is_left"), F.col(equality.left)).otherwise(F.col(equality.right))


def _elements(equality: Equality) -> Column:
    """The distinct non-null key elements of a record."""

    def of(column: str, is_array: bool) -> Column:
        values = F.col(column) if is_array else F.array(F.col(column))
        return F.array_distinct(F.filter(values, lambda value: value.isNotNull()))

    return F.when(F.col("is_left"), of(equality.left, equality.is_left_array)).otherwise(
        of(equality.right, equality.is_right_array)
    )


def _block_keys(rule: Rule, number: int) -> Column:
    """The blocks of a rule that a record falls in: none where a part of its key is null."""
    scalars = [_side_value(equality) for equality in rule.equalities if not equality.has_array]
    array = next((equality for equality in rule.equalities if equality.has_array), None)

    def block(*values: Column) -> Column:
        return F.struct(F.lit(number).alias("rule_number"), F.xxhash64(*values).alias("block"))

    if array is None:
        blocks = F.array(block(*scalars))
    else:
        blocks = F.transform(_elements(array), lambda element: block(element, *scalars))
    is_whole = reduce(lambda a, b: a & b, [v.isNotNull() for v in scalars], F.lit(True))
    nothing = F.array().cast("array<struct<rule_number:int,block:bigint>>")
    return F.coalesce(F.when(is_whole, blocks), nothing)
