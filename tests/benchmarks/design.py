"""Design: what every contender is given: the same rules, comparisons and training budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import splink.comparison_library as cl

from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.rules import Rule

SEED = 7
REVIEW_BITS, ACCEPT_BITS, MARGIN_BITS = 0.0, 8.0, 3.0
RANDOM_PAIRS, SESSION_PAIRS = 1_000_000, 1_000_000
FIELDS = ("forename", "surname", "birth_date", "sex", "postcode")
FREQUENCY_FIELDS = ("forename", "surname")
RULES = (
    "birth_date & postcode",
    "surname & birth_date",
    "forename & birth_date",
    "surname & postcode",
    "forename & surname & sex",
)
TRAINING_RULES = ("birth_date & postcode", "forename & surname")
MATCHKEYS = ("forename & surname & birth_date & sex & postcode",)


@dataclass(frozen=True)
class Size:
    """Attainment records asked of the generator, Census people (None: their households); of each
    side so many records are taken (None: all)."""

    attainment_records: int
    census_people: int | None
    left: int
    right: int | None
    is_skewed: bool = False


SIZES = {
    "equality": Size(130_000, None, 100_000, 120_000),
    "small": Size(260_000, None, 200_000, 240_000),
    "skewed": Size(260_000, None, 200_000, 240_000, is_skewed=True),
    "medium": Size(2_600_000, None, 2_000_000, 2_400_000),
    "large": Size(2_600_000, 12_500_000, 2_000_000, 12_000_000),
    "census": Size(2_600_000, 55_000_000, 2_000_000, None),
}

HOT_VALUES = (("birth_date", "1988-08-08", 5), ("postcode", "QQ11QQ", 2), ("surname", "SMITH", 8))
"""What a skewed size has on so many records of a hundred on both sides: nobody listed them."""


def comparisons(dialect: str) -> list[dict[str, Any]]:
    """Five comparisons, two with term frequencies, in Splink's own words."""
    made = [
        cl.JaroWinklerAtThresholds("forename", [0.9, 0.7]).configure(
            term_frequency_adjustments=True
        ),
        cl.JaroWinklerAtThresholds("surname", [0.9, 0.7]).configure(
            term_frequency_adjustments=True
        ),
        cl.DamerauLevenshteinAtThresholds("birth_date", [1]),
        cl.ExactMatch("sex"),
        cl.ExactMatch("postcode"),
    ]
    return [one.get_comparison(dialect).as_dict() for one in made]


def model(matchkeys: tuple[str, ...]) -> LinkageModel:
    """The design as this project's model."""
    return LinkageModel(
        comparisons=tuple(comparisons("duckdb")),
        blocking_rules=tuple(map(Rule.parse, RULES)),
        matchkeys=tuple(map(Rule.parse, matchkeys)),
        training_rules=tuple(map(Rule.parse, TRAINING_RULES)),
        comparison_columns=FIELDS,
        term_frequency_columns=FREQUENCY_FIELDS,
    )


def condition(rule: str) -> str:
    """A rule as the SQL of DuckDB and Spark alike."""
    return " and ".join(f"l.{name} = r.{name}" for name in rule.split(" & "))


def settings(dialect: str, prior: float) -> dict[str, Any]:
    """The design as Splink's settings, untrained."""
    return {
        "link_type": "link_only",
        "unique_id_column_name": "record_id",
        "probability_two_random_records_match": prior,
        "comparisons": comparisons(dialect),
        "blocking_rules_to_generate_predictions": [condition(rule) for rule in RULES],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "em_convergence": 0.0001,
        "max_iterations": 50,
    }
