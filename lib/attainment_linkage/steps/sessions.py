"""Sessions: one training session each, by Splink on an embedded DuckDB. No Spark here.

A sample is an Arrow table of records of both files (``is_left``, ``record_id``, the columns
the model is trained on), sorted by file and id; one thread and a seed, so that a session
gives the same answer again. Patterns are counts, the same with any number of threads.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from attainment_linkage.core import training
from attainment_linkage.core.levels import HOME, Comparison
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.patterns import Patterns, pattern_sql
from attainment_linkage.core.rule_sql import equality_sql, rule_sql
from attainment_linkage.core.rules import Rule
from attainment_linkage.core.training import Session, Settings, TrainingBudget
from attainment_linkage.steps.kernel import open_database

if TYPE_CHECKING:
    from splink import Linker

_TRAINING_MEMORY_MIB = 2048
_NO_ROOM = ("No space left on device", "Disk quota exceeded")
_SIDES = (("left", "is_left"), ("right", "not is_left"))


def ordered(sample: pa.Table, rule: Rule | None = None) -> pa.Table:
    """A sample by file and id; of a rule's blocks, without the records that meet nobody there."""
    keys = [equality_sql(one) for one in rule.equalities if not one.has_array] if rule else []
    sides = [f"(select * from sample where {condition}) {side[0]}" for side, condition in _SIDES]
    met = f" on {' and '.join(keys)}"
    rows = [
        f"select * from {one} semi join {other}{met}" if keys else f"select * from {one}"
        for one, other in (sides, reversed(sides))
    ]
    with _database(sample) as database:
        found = f"from ({' union all '.join(rows)}) order by is_left desc, record_id"
        return database.sql(found).to_arrow_table()


def random_patterns(
    sample: pa.Table, comparisons: Sequence[Comparison], budget: TrainingBudget
) -> Patterns:
    """The patterns of random pairs of the sample: every pair, or the budget's number.

    In the order of a hash of their ids with the seed, each left record meets the right ones
    that stand at its place and after it.
    """
    with _database(sample) as database:
        for side, _ in _SIDES:
            # another order on each side: the two files may number their people alike
            order = f"hash(record_id, '{side}', {budget.seed}), record_id"
            database.execute(
                f"create table {side}_places as "
                f"select *, row_number() over (order by {order}) - 1 as turn_place from {side}s"
            )
        left, right = (len(database.table(f"{side}s")) for side, _ in _SIDES)
        most = min(left, budget.random_pairs)
        meet = min(right, max(1, budget.random_pairs // max(left, 1)))
        source = (
            f"(select * from left_places where turn_place < {most}) l "
            f"cross join range({meet}) as turn(step) "
            f"join right_places r on r.turn_place = (l.turn_place + turn.step) % {max(right, 1)}"
        )
        return _patterns(database, source, sample, comparisons)


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
        except Exception as problem:  # Splink's many; their text may quote rows
            if _is_for_want_of_room(problem):
                raise
            logging.getLogger(__name__).warning(
                "train: a session failed with %s", type(problem).__name__
            )
            return None
    return Session(dict(zip(places, trained, strict=True)), float(share) * pairs)


def _is_for_want_of_room(problem: BaseException) -> bool:
    """Whether the disk or the machine's memory was full: with room the model is another one.

    DuckDB's own bound is the same on every machine, and not meant.
    """
    one: BaseException | None = problem
    while one is not None:
        if isinstance(one, MemoryError) or any(said in str(one) for said in _NO_ROOM):
            return True
        one = one.__cause__ or one.__context__
    return False


def block_patterns(
    sample: pa.Table, rule: Rule, comparisons: Sequence[Comparison], one_in: int
) -> Patterns:
    """The patterns of the sample's pairs that a rule forms, of one in so many left records."""
    with _database(sample) as database:
        drawn = f"hash(l.record_id) % {one_in} = 0"
        source = f"lefts l join rights r on {rule_sql(rule)} where {drawn}"
        return _patterns(database, source, sample, comparisons)


def home_patterns(sample: pa.Table, comparisons: Sequence[Comparison]) -> Patterns:
    """The patterns of the sample's pairs of one home."""
    with _database(sample) as database:
        source = f'lefts l join rights r on l."{HOME}" = r."{HOME}"'
        return _patterns(database, source, sample, comparisons)


def _patterns(
    database: duckdb.DuckDBPyConnection,
    source: str,
    sample: pa.Table,
    comparisons: Sequence[Comparison],
) -> Patterns:
    """Count the patterns of the pairs of records l and r that ``source`` gives."""
    columns = [name for name in sample.column_names if name not in ("is_left", "record_id")]
    pairs = ", ".join(f'l."{name}" as "{name}_l", r."{name}" as "{name}_r"' for name in columns)
    names = [f"pattern_{number}" for number in range(len(comparisons))]
    listed = ", ".join(names)
    found = database.sql(
        f"with pairs as (select {pairs} from {source}), "
        f"patterns as (select {pattern_sql(comparisons)} from pairs) "
        f"select {listed}, count(*) as pairs from patterns group by {listed} order by {listed}"
    ).to_arrow_table()
    places = [found[name].to_numpy().astype(np.int64) for name in names]
    return Patterns(np.stack(places, axis=1), found["pairs"].to_numpy().astype(np.float64))


def free_of_home(model: LinkageModel) -> tuple[int, ...]:
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
    from splink import DuckDBAPI, Linker  # slow: not at every command's start

    api = DuckDBAPI(connection=database)
    sides = [
        api.register(
            database.table(f"{side}s").to_arrow_table(), dataset_display_name=f"{side}_file"
        )
        for side, _ in _SIDES
    ]
    return Linker(sides, settings, log_level=None, validate_settings=False)
