"""Train: u from random pairs, m from EM on whole sampled blocks, by Splink on the driver.

Nothing is trained on a residual: samples are drawn from all records, by hash of content,
sorted by id, with one thread and a seed, so that a run gives the same model again.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import duckdb
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from splink import DuckDBAPI, Linker

from attainment_linkage.core import training
from attainment_linkage.core.blocking_plan import RuleCount
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.rule_sql import rule_sql
from attainment_linkage.core.rules import Rule
from attainment_linkage.core.training import Settings, TrainingBudget
from attainment_linkage.domain.errors import TrainingError
from attainment_linkage.steps.kernel import open_database

_TRAINING_MEMORY_MIB = 2048


@dataclass(frozen=True)
class TrainedModel:
    """A trained model as Splink's settings, and what could not be trained."""

    settings: Settings
    untrained_comparisons: tuple[str, ...]
    session_pairs: tuple[int, ...]


def trained_model(
    records: DataFrame,
    model: LinkageModel,
    rule_counts: Mapping[int, RuleCount],
    record_count: int,
    prior: float,
    budget: TrainingBudget,
) -> TrainedModel:
    """Train the model on samples of all records.

    ``rule_counts`` are the candidate counts of ``model.training_rules``, by their place.
    Shape: records (n x columns) -> settings; at most ``random_records`` records and the
    records of about ``session_pairs`` pairs per rule come to the driver.
    Raises: TrainingError when no training rule forms a pair.
    """
    everything = _collected(records, model) if record_count <= budget.random_records else None
    random = (
        everything
        if everything is not None
        else _random_records(records, model, budget.record_share(record_count))
    )
    with_u = _estimate_u(random, training.splink_settings(model, prior), budget)
    sessions = []
    session_pairs = []
    for number, rule in enumerate(model.training_rules):
        estimated = training.comparisons_free_of(rule, model)
        pairs = rule_counts[number].candidate_pairs if number in rule_counts else 0
        if not pairs or not estimated:
            continue
        share = budget.block_share(pairs)
        sample = (
            everything
            if everything is not None and share == 1.0
            else _sampled_blocks(records, model, rule, share)
        )
        trained = _estimate_m(sample, with_u, rule)
        if trained is not None:
            sessions.append((trained, estimated))
            session_pairs.append(min(pairs, budget.session_pairs))
    if not sessions:
        raise TrainingError(
            f"train: none of {len(model.training_rules)} training rules could train the model; "
            f"they form {sum(count.candidate_pairs for count in rule_counts.values())} pairs. "
            "Give training rules whose columns are filled in both files."
        )
    settings, untrained = training.combined(with_u, sessions)
    return TrainedModel(settings, untrained, tuple(session_pairs))


def _random_records(records: DataFrame, model: LinkageModel, share: float) -> pa.Table:
    """Records drawn by hash of their id, both files alike."""
    drawn = records
    if share < 1.0:
        place = F.pmod(F.xxhash64("record_id", "is_left"), F.lit(training.SAMPLE_STEPS))
        drawn = records.where(place < int(share * training.SAMPLE_STEPS))
    return _collected(drawn, model)


def _sampled_blocks(records: DataFrame, model: LinkageModel, rule: Rule, share: float) -> pa.Table:
    """All records of a share of the rule's blocks, drawn by hash of the key."""
    scalars = [equality for equality in rule.equalities if not equality.has_array]
    values = [
        F.when(F.col("is_left"), F.col(equality.left)).otherwise(F.col(equality.right))
        for equality in scalars
    ]
    is_whole = reduce(lambda a, b: a & b, [value.isNotNull() for value in values])
    place = F.pmod(F.xxhash64(*values), F.lit(training.SAMPLE_STEPS))
    is_drawn = place < int(share * training.SAMPLE_STEPS)
    return _collected(records.where(is_whole & is_drawn), model)


def _collected(records: DataFrame, model: LinkageModel) -> pa.Table:
    """The sample on the driver, sorted by file and id."""
    table = records.select("is_left", "record_id", *model.columns).toArrow()
    return table.sort_by([("is_left", "descending"), ("record_id", "ascending")])


def _linker(database: duckdb.DuckDBPyConnection, sample: pa.Table, settings: Settings) -> Linker:
    logging.getLogger("splink").setLevel(logging.ERROR)
    database.register("sample", sample)
    api = DuckDBAPI(connection=database)
    sides = []
    for name, condition in (("left", "is_left"), ("right", "not is_left")):
        side = database.sql(f"select * exclude (is_left) from sample where {condition}")
        sides.append(api.register(side.to_arrow_table(), dataset_display_name=f"{name}_file"))
    return Linker(sides, settings, log_level=None, validate_settings=False)


def _estimate_u(sample: pa.Table, settings: Settings, budget: TrainingBudget) -> Settings:
    """u of every level among random pairs of the sample."""
    with tempfile.TemporaryDirectory(prefix="train-") as spill:
        database = open_database(_TRAINING_MEMORY_MIB, spill)
        try:
            linker = _linker(database, sample, settings)
            linker.training.estimate_u_using_random_sampling(
                max_pairs=float(budget.random_pairs), seed=budget.seed, min_count_per_level=None
            )
            return dict(linker.misc.save_model_to_json())
        finally:
            database.close()


def _estimate_m(sample: pa.Table, with_u: Settings, rule: Rule) -> Settings | None:
    """m of every level not fixed by the rule, by EM on the sampled blocks; None if it fails."""
    with tempfile.TemporaryDirectory(prefix="train-") as spill:
        database = open_database(_TRAINING_MEMORY_MIB, spill)
        try:
            linker = _linker(database, sample, with_u)
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule_sql(rule), estimate_without_term_frequencies=True
            )
            return dict(linker.misc.save_model_to_json())
        except Exception as problem:  # noqa: BLE001  Splink's many; their text may quote rows
            logging.getLogger(__name__).warning(
                "train: a session failed with %s", type(problem).__name__
            )
            return None
        finally:
            database.close()
