"""Equality: the engine against Splink alone, on three shared cases and 100,000 x 120,000 records.

python -m tests.benchmarks.equality FOLDER [NAME ...]

Both are given the same trained settings, prior, term frequencies and records. For 1, 7 and 32
buckets of each key, and for 7 with another number of workers, the pairs over the review threshold,
their weights (to 1e-9 bits) and their lowest rule must be those of single-process Splink on DuckDB.
Exit code 1 where they are not.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.scratch import kept
from attainment_linkage.adapters.session import open_session
from attainment_linkage.core.blocking_plan import key_groups
from attainment_linkage.core.layout import Layout, Task, TaskSize, counted_keys, slices_of
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.policy import LinkagePolicy
from attainment_linkage.core.settings import Config
from attainment_linkage.core.spec import parse_spec
from attainment_linkage.stages import files_counted, linkage, specified
from attainment_linkage.steps import block, score
from attainment_linkage.steps.block import Records
from attainment_linkage.steps.kernel import Kernel
from attainment_linkage.steps.record_files import Query
from attainment_linkage.steps.train import TrainedModel
from tests.benchmarks import design, ours
from tests.benchmarks.files import files_of
from tests.cases.run_cases import CASES, SPECS
from tests.linkage_design import splink_alone

GENERATED = "equality"
NAMES = ("essnet_census_cis_a", "ons_working_linkage", "pseudopeople_census2020_2030", GENERATED)
BUCKETS = {2: (1, 7, 32), 3: (7,)}
"""Numbers of buckets of each key, by how many tasks run at once."""
MOST_TASKS = 8
"""Tasks of a key; more buckets than that share them."""
BITS = 1e-9

Pairs = dict[tuple[str, str], tuple[float, int]]


@dataclass(frozen=True)
class Problem:
    """Two files prepared for scoring, and the model that is to score them."""

    records: Records
    model: LinkageModel
    trained: TrainedModel
    policy: LinkagePolicy


def main(folder: Path, names: tuple[str, ...]) -> int:
    """Say what was compared, and how much differs."""
    folder.mkdir(parents=True, exist_ok=True)
    is_equal = True
    for name in names:
        with tempfile.TemporaryDirectory(prefix="equality-", dir=folder) as place:
            expected: Pairs = {}
            for workers in BUCKETS:
                for line, is_same in _compared(name, folder, Path(place), workers, expected):
                    print(line, flush=True)
                    is_equal &= is_same
    print("equality: " + ("every pair, weight and rule is Splink's own" if is_equal else "NOT"))
    return 0 if is_equal else 1


def _compared(
    name: str, folder: Path, place: Path, workers: int, expected: Pairs
) -> Iterator[tuple[str, bool]]:
    """One line for each number of buckets; what Splink alone finds is put in ``expected``."""
    config = load("local", lake_override(place / "lake"))
    master = {"spark.master": f"local[{workers}]"}
    with open_session(config, "equality", launch=master) as spark:
        problem = _problem(spark, name, folder, place / f"{workers}", config)
        if not expected:
            expected |= _alone(problem)
        for buckets in BUCKETS[workers]:
            found = _ours(problem, buckets, place / f"{workers}-{buckets}")
            yield _line(f"{name}, {buckets} buckets, {workers} workers", expected, found)


def _line(what: str, expected: Pairs, found: Pairs) -> tuple[str, bool]:
    lacking, more = expected.keys() - found.keys(), found.keys() - expected.keys()
    both = expected.keys() & found.keys()
    far = max((abs(expected[pair][0] - found[pair][0]) for pair in both), default=0.0)
    rules = sum(expected[pair][1] != found[pair][1] for pair in both)
    is_same = bool(expected) and not lacking and not more and not rules and far <= BITS
    return (
        f"{what}: {len(expected):,} pairs of Splink alone, {len(lacking)} lacking, {len(more)} "
        f"more, {rules} of another rule, weights at most {far:.1e} bits apart",
        is_same,
    )


def _problem(spark: SparkSession, name: str, folder: Path, place: Path, config: Config) -> Problem:
    """The records with their frequencies, the rules the files can afford, and the trained model."""
    if name == GENERATED:
        files = files_of(folder / GENERATED, GENERATED)
        model = design.model(design.MATCHKEYS)
        policy = ours.policy_of(config)
        sides = [spark.read.parquet(str(path)) for path in (files.left, files.right)]
        kept_records = linkage.kept_records(linkage.prepared(*sides, model), place / "records")
        counted = linkage.counted(kept_records, model, policy, place / "counted")
        records = kept_records.frame
    else:
        spec = parse_spec((SPECS / f"{name}.toml").read_text("utf-8"), name)
        paths = (CASES / name / "a.parquet", CASES / name / "b.parquet")
        policy = specified.policy_of(spec, config)
        made = files_counted.counted_files(spark, spec, paths, policy, place)
        records, model, counted = made
    plan = linkage.planned(model, counted, policy)
    trained = linkage.trained(records, model, plan, policy)
    weighed = score.with_term_frequencies(records, model.term_frequency_columns)
    return Problem(linkage.kept_records(weighed, place / "weighed"), model, trained, policy)


def _alone(problem: Problem) -> Pairs:
    """What single-process Splink finds, given the same frequencies."""
    left, right = (
        problem.records.frame.where(F.col("is_left") == is_left).drop("is_left").toArrow()
        for is_left in (True, False)
    )
    model, frequencies = problem.model, {}
    for column in model.term_frequency_columns:
        values = problem.records.frame.where(F.col(column).isNotNull())
        frequencies[column] = values.select(column, f"tf_{column}").distinct().toArrow()
    bits, settings = problem.policy.review_bits, problem.trained.settings
    alone = splink_alone(left, right, model, settings, bits, frequencies)
    return {row[:2]: row[2:] for row in alone}


def _ours(problem: Problem, buckets: int, place: Path) -> Pairs:
    """What the engine finds with so many buckets of each key, each a task of its own."""
    model, policy = problem.model, problem.policy
    cut = Layout(key_groups(model.blocking_rules, model.matchkeys), buckets)
    keys = counted_keys(cut, model.blocking_rules, model.matchkeys)
    query = Query(problem.records.columns, cut, keys, policy.task_memory_mib)
    size = TaskSize(policy.bucket_pairs, policy.bucket_records, buckets)
    counts = block.key_counts(kept(block.counted_keys(problem.records, query, size), place))
    slices = slices_of(cut, keys, counts)
    tasks = [
        Task(number, group, own[first::MOST_TASKS])
        for number, group in enumerate(cut.groups)
        for own in [tuple(one.number for one in slices if one.group_number == number)]
        for first in range(min(len(own), MOST_TASKS))
    ]
    kernel = Kernel(
        settings=problem.trained.settings,
        rules=model.blocking_rules,
        matchkeys=model.matchkeys,
        term_frequency_columns=model.term_frequency_columns,
        review_bits=policy.review_bits,
        memory_mib=policy.task_memory_mib,
    )
    dealt = block.dealt(problem.records, query, place, tasks, size)
    found = score.match_weights(dealt, kernel, tasks).where(F.col("rule_number").isNotNull())
    pairs = found.where(F.col("match_weight") >= policy.review_bits).toArrow()
    left, right, weight, rule, _ = (column.to_pylist() for column in pairs.columns)
    made = dict(zip(zip(left, right, strict=True), zip(weight, rule, strict=True), strict=True))
    if len(made) != pairs.num_rows:
        raise SystemExit(f"equality: {pairs.num_rows - len(made)} pairs came twice")
    return made


if __name__ == "__main__":
    _, FOLDER, *ASKED = sys.argv
    raise SystemExit(main(Path(FOLDER), tuple(ASKED) or NAMES))
