"""The hot path of the linkage on whatever session there is: counted, trained, scored, resolved.

    python -m tests.connected FOLDER      (under Spark Connect: prints the links as JSON)

A process of its own, since one has either a JVM of its own or a connection to one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters.scratch import kept
from attainment_linkage.core.policy import LinkagePolicy, ResolvePolicy
from attainment_linkage.core.training import TrainingBudget
from attainment_linkage.stages import link_plan, linkage
from attainment_linkage.steps import resolve
from tests.linkage_design import febrl_model, febrl_people

POLICY = LinkagePolicy(
    resolve=ResolvePolicy(accept_bits=4, margin_bits=3),
    review_bits=0.0,
    pair_budget=10**9,
    bucket_pairs=20_000,
    bucket_records=9_000,
    task_memory_mib=512,
    parallel_tasks=2,
    training=TrainingBudget(random_pairs=100_000),
)


def linked(spark: SparkSession, folder: Path) -> list[list[object]]:
    """Every link of FEBRL's two files, sorted; and the plan before it."""
    model = febrl_model()
    sides = [spark.createDataFrame(people) for people in febrl_people()]
    records = linkage.kept_records(linkage.prepared(*sides, model), folder / "records")
    counted = linkage.counted(records, model, POLICY, folder / "counted")
    plan = linkage.planned(model, counted, POLICY)
    assert link_plan.estimated(model, plan, POLICY)[0]
    trained = linkage.trained(records.frame, model, plan, POLICY)
    weighed = linkage.weighed(model, plan, trained, POLICY, folder / "frequencies")
    weighed = kept(weighed, folder / "weighed")
    scored = linkage.scored(weighed, plan, POLICY).pairs
    decided = resolve.decided_pairs(scored, POLICY.resolve, 2)
    return sorted(list(row) for row in resolve.links(decided).collect())


if __name__ == "__main__":
    session = SparkSession.builder.remote("local[2]").getOrCreate()
    print(json.dumps(linked(session, Path(sys.argv[1]))))
    session.stop()
