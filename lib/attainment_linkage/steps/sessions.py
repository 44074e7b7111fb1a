"""Sessions: one training session each, by Splink on an embedded DuckDB. No Spark here.

A sample is an Arrow table of records of both files (``is_left``, ``record_id``, the columns
the model is trained on), sorted by file and id; one thread and a seed, so that a session
gives the same answer again.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy

import duckdb
import numpy as np
import pyarrow as pa
from splink import DuckDBAPI, Linker

from attainment_linkage.core import homes, training
from attainment_linkage.core.levels import HOME, Comparison
from attainment_linkage.core.rule_sql import rule_sql
from attainment_linkage.core.rules import Rule
from attainment_linkage.core.training import Session, Settings, TrainingBudget
from attainment_linkage.steps.kernel import open_database

_TRAINING_MEMORY_MIB = 2048
_SIDES = (("left", "is_left"), ("right", "not is_left"))


def estimated_u(sample: pa.Table, settings: Settings, budget: TrainingBudget) -> Settings:
    """The settings with u of every level, counted on random pairs of the sample."""
    with _database(sample) as database:
        linker = _linker(database, settings)
        linker.training.estimate_u_using_random_sampling(
            max_pairs=float(budget.random_pairs), seed=budget.seed, min_count_per_level=None
        )
        return dict(linker.misc.save_model_to_json())


def estimated_m(
    sample: pa.Table, with_u: Settings, rule: Rule, places: Sequence[int], pairs: int
) -> Session | None:
    """Expectation maximisation on the blocks of a rule; None where Splink cannot.

    ``places``: the comparisons to estimate; ``pairs``: candidate pairs of the rule in all
    records, of which the session's share of matches gives the matches.
    """
    settings = deepcopy(with_u)
    settings["comparisons"] = [settings["comparisons"][place] for place in places]
    with _database(sample) as database:
        try:
            linker = _linker(database, settings)
            session = linker.training.estimate_parameters_using_expectation_maximisation(
                rule_sql(rule), estimate_without_term_frequencies=True
            )
            trained = linker.misc.save_model_to_json()["comparisons"]
            share = session.core_model_settings.probability_two_random_records_match
        except Exception as problem:  # noqa: BLE001  Splink's many; their text may quote rows
            logging.getLogger(__name__).warning(
                "train: a session failed with %s", type(problem).__name__
            )
            return None
    return Session(dict(zip(places, trained, strict=True)), float(share) * pairs)


def home_mixture(sample: pa.Table, comparisons: Sequence[Comparison]) -> homes.Mixture | None:
    """The mixture of persons and relatives among the sample's pairs of one home."""
    columns = [name for name in sample.column_names if name not in ("is_left", "record_id")]
    pairs = ", ".join(f'l."{name}" as "{name}_l", r."{name}" as "{name}_r"' for name in columns)
    patterns = ", ".join(f"pattern_{number}" for number in range(len(comparisons)))
    with _database(sample) as database:
        found = database.sql(
            f"with pairs as (select {pairs} from lefts l join rights r "
            f'on l."{HOME}" = r."{HOME}"), '
            f"patterns as (select {homes.pattern_sql(comparisons)} from pairs) "
            f"select {patterns}, count(*) as pairs from patterns group by {patterns} "
            f"order by {patterns}"
        ).to_arrow_table()
    counts = found["pairs"].to_numpy().astype(np.float64)
    places = [found[f"pattern_{n}"].to_numpy().astype(np.int64) for n in range(len(comparisons))]
    return homes.fitted(np.stack(places, axis=1), counts, comparisons) if len(counts) else None


def random_pairs(sample: pa.Table, budget: TrainingBudget) -> float:
    """How many random pairs u is counted on: the budget's, or all there are."""
    left = sum(sample["is_left"].to_pylist())
    return float(min(budget.random_pairs, left * (len(sample) - left)))


def free_of_home(model: training.LinkageModel) -> tuple[int, ...]:
    """The comparisons that speak among the pairs of one home: not where they live."""
    if model.home is None:
        return ()
    return training.comparisons_free_of(Rule.parse(model.home.column), model)


@contextmanager
def _database(sample: pa.Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that holds the sample as ``lefts`` and ``rights``."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="train-") as spill:
        database = open_database(_TRAINING_MEMORY_MIB, spill)
        try:
            database.register("sample", sample)
            for side, condition in _SIDES:
                database.execute(
                    f"create view {side}s as select * exclude (is_left) from sample "
                    f"where {condition}"
                )
            yield database
        finally:
            database.close()


def _linker(database: duckdb.DuckDBPyConnection, settings: Settings) -> Linker:
    api = DuckDBAPI(connection=database)
    sides = [
        api.register(
            database.table(f"{side}s").to_arrow_table(), dataset_display_name=f"{side}_file"
        )
        for side, _ in _SIDES
    ]
    return Linker(sides, settings, log_level=None, validate_settings=False)
