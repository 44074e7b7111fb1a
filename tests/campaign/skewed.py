"""G6: one value in a tenth of all records, a hundred times and more the block of any other.

Goal: the pairs of such a block are known, exactly, before any pair is formed; a plan above its
budget is refused by name; and a listed default value becomes null, is counted, and leaves the pairs
of a balanced file.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from attainment_linkage.core.blocking_plan import require_affordable
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain.errors import PlanOverBudgetError
from attainment_linkage.steps import block
from attainment_linkage.steps.placeholders import Placeholders
from tests.campaign.tally import Tally

DEFAULT, LISTED = "1955-05-05", "1900-01-01"
SHARE = 0.10
FIELDS = ("forename", "surname", "date_of_birth", "postcode", "sex")


def people(count: int, skew: str | None, first: int = 0) -> pd.DataFrame:
    """So many people, the same for the same number; a tenth of them born on ``skew``."""
    number = np.arange(first, first + count)
    mixed = (number * 2_654_435_761) % 2**32
    born = pd.Timestamp("1990-01-01") + pd.to_timedelta(mixed % 7_300, unit="D")
    rows = pd.DataFrame(
        {
            "record_id": [f"r{one}" for one in number],
            "forename": [f"F{one}" for one in mixed // 7 % 2_000],
            "surname": [f"S{one}" for one in mixed // 11 % 20_000],
            "date_of_birth": born.strftime("%Y-%m-%d"),
            "postcode": [f"LS{one % 90 + 1} {one % 9}AB" for one in mixed // 13],
            "sex": np.where(mixed % 2 == 0, "M", "F"),
        }
    )
    if skew is not None:
        rows.loc[number % int(1 / SHARE) == 0, "date_of_birth"] = skew
    return rows


def pairs_of(left: pd.DataFrame, right: pd.DataFrame, columns: list[str]) -> int:
    """The pairs that agree on these columns, counted the slow way."""
    counts = [side.dropna(subset=columns).groupby(columns).size() for side in (left, right)]
    return int(counts[0].mul(counts[1], fill_value=0).sum())


def attack_plan(spark: SparkSession, count: int, tally: Tally) -> None:
    """The pairs of the block are counted before they are formed; listed values become null."""
    balanced, skewed, listed = (people(count, skew) for skew in (None, DEFAULT, LISTED))
    rules = (Rule.parse("date_of_birth"), Rule.parse("date_of_birth & surname"))
    exact = {}
    for name, rows in (("balanced", balanced), ("skewed", skewed)):
        counts = block.rule_counts(block.candidate_counts(_records(spark, rows), rules))
        for place, columns in enumerate((["date_of_birth"], ["date_of_birth", "surname"])):
            exact[name, place] = pairs_of(rows, rows, columns)
            found = counts[place].candidate_pairs
            tally.judge(f"{name}: pairs of {columns}", found, exact[name, place])
        largest = counts[0].largest_block_pairs
    median = exact["balanced", 0] / balanced["date_of_birth"].nunique()
    tally.record("the block is a hundred times the median", largest >= 100 * median)
    try:
        require_affordable(counts, rules, 2 * count, 2 * exact["balanced", 0])
        said = "it was planned"
    except PlanOverBudgetError as refused:
        said = str(refused)
    tally.record("a plan over its budget", str(exact["skewed", 0]) in said and DEFAULT not in said)
    _judge_listed(spark, listed, balanced, tally)


def _records(spark: SparkSession, rows: pd.DataFrame) -> DataFrame:
    frame = spark.createDataFrame(rows)
    return block.linkage_records(frame, frame, FIELDS)


def _judge_listed(
    spark: SparkSession, listed: pd.DataFrame, balanced: pd.DataFrame, tally: Tally
) -> None:
    """A listed default: null, counted, and no pairs of it; what is missed by it is known."""
    frame = spark.createDataFrame(listed)
    is_listed = Placeholders([], [LISTED], []).is_in("date_of_birth")
    nulled = frame.withColumn("date_of_birth", F.when(~is_listed, F.col("date_of_birth")))
    counted = nulled.where(F.col("date_of_birth").isNull()).count()
    of_default = int((listed["date_of_birth"] == LISTED).sum())
    tally.judge("listed values made null, counted", counted, of_default)
    records = block.linkage_records(nulled, nulled, FIELDS)
    rules = (Rule.parse("date_of_birth"),)
    pairs = block.rule_counts(block.candidate_counts(records, rules))[0].candidate_pairs
    kept = listed.where(listed["date_of_birth"] != LISTED)
    tally.judge("pairs without them", pairs, pairs_of(kept, kept, ["date_of_birth"]))
    most = pairs_of(balanced, balanced, ["date_of_birth"])
    tally.record("no more pairs than balanced", pairs <= most, f"{pairs} of {most}")
    tally.note(records_that_a_listed_date_leaves_to_other_rules=of_default)
