"""Pair in run: what a linkage made of one pair: its fate, its rivals, the rule that found it."""

from __future__ import annotations

from typing import Any

from pyspark.sql import SparkSession

from attainment_linkage.adapters.lake import Lake
from attainment_linkage.core.settings import Config
from attainment_linkage.core.why import Standing, has_yielded
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import PairUnknownError
from attainment_linkage.domain.road import LINK, Stage
from attainment_linkage.domain.tables import IDENTIFIERS, Table
from attainment_linkage.stages import inputs, linked_model
from attainment_linkage.stages.linked_model import ACCEPTED
from attainment_linkage.steps import deduplicate, frequency, why

WHY = Stage(
    name="why",
    summary="explains the weight of one pair",
    reads=(*LINK.reads, tables.SCORED_PAIRS, tables.LINKS, tables.REVIEW_PAIRS),
    writes=(),
    step_modules=("why", "frequency", "given_pairs"),
)
"""What it may open. It is not of the road: people ask it."""


def shift_bits(lake: Lake, key: str) -> float:
    """What the number of true pairs adds to every weight, as the manifest of ``link`` has it."""
    rows = {
        table: inputs.record_of(lake, WHY, table).rows
        for table in (tables.ATTAINMENT_PEOPLE, tables.CENSUS_PEOPLE, tables.CENSUS_DOUBLES)
    }
    manifest = lake.manifest(IDENTIFIERS, LINK.name, key)
    expected = float(manifest.notes.get("true pairs expected", 1)) if manifest else 1.0
    pupils, lines, doubles = rows.values()
    return linked_model.shift_bits(pupils, lines, doubles, expected)


def accept_bits(lake: Lake, key: str, config: Config) -> float:
    """The weight from which on the run linked pairs."""
    manifest = lake.manifest(IDENTIFIERS, LINK.name, key)
    return float((manifest.notes if manifest else {}).get(ACCEPTED, config.link.accept_bits))


def standing_of(
    spark: SparkSession, lake: Lake, left_id: str, right_id: str, accepted: tuple[float, float]
) -> tuple[Standing, int | None, int | None]:
    """What the run made of the pair, and the rule and matchkey that found it.

    ``accepted``: from which weight on, and with which margin, the run linked pairs, in bits.
    """
    links, reviews, scored = (
        inputs.read(spark, lake, WHY, table)
        for table in (tables.LINKS, tables.REVIEW_PAIRS, tables.SCORED_PAIRS)
    )
    pairs = why.pairs_of(scored, left_id, right_id).collect()
    own = next((row for row in pairs if row.is_left and row.is_right), None)
    left = next((row.match_weight for row in pairs if row.is_left and not row.is_right), None)
    right = next((row.match_weight for row in pairs if row.is_right and not row.is_left), None)
    linked = why.of_pair(links, left_id, right_id, "margin_bits").collect()
    reason = why.of_pair(reviews, left_id, right_id, "reason").collect()
    fate = "linked" if linked else str(reason[0].said) if reason else ""
    if not fate and own:
        rows = why.pairs_of(links, left_id, right_id).collect()
        beside = [(row.is_left, row.match_weight) for row in rows]
        yielded = has_yielded(own.match_weight, beside, right, *accepted)
        fate = "yielded" if yielded else ""
    margin = linked[0].said if linked else None
    standing = Standing(fate, own.match_weight if own else None, margin, left, right)
    return standing, own.rule_number if own else None, own.matchkey_number if own else None


def records_of(
    spark: SparkSession, lake: Lake, left_id: str, right_id: str, population: str
) -> Any:
    """The two records, the left one first, with how common their values are, as Arrow."""

    def read(table: Table) -> Any:
        """A table of the last linkage."""
        return inputs.read(spark, lake, WHY, table)

    doubles = read(tables.CENSUS_DOUBLES)
    pupils = read(tables.ATTAINMENT_PEOPLE)
    people = deduplicate.standing_lines(read(tables.CENSUS_PEOPLE), doubles)
    model = linked_model.design()
    columns = list(model.columns)
    both = why.both_records(pupils, people, left_id, right_id)
    every = frequency.population(pupils, people, columns, population)
    rows = frequency.with_frequencies(
        both, every, ["is_left", *columns], model.term_frequency_columns
    ).toArrow()
    found = rows.sort_by([("is_left", "descending")])
    if found["is_left"].to_pylist() != [True, False]:
        missing = "attainment" if True not in found["is_left"].to_pylist() else "Census"
        raise PairUnknownError(
            f"why: the id given for the {missing} side is of no record there, or of a further "
            "line of a person counted twice (table census_doubles). Give attainment_id, then "
            "census_id."
        )
    return found.drop_columns(["is_left"])
