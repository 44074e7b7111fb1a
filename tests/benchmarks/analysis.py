"""A research root of any size, to time the analysis over it: T1 to T24 in 4 minutes at 2M records.

    python -m tests.benchmarks.analysis LAKE [--records 2000000]
    time attainment-linkage analyse --lake LAKE --force

The first command generates the population, takes the generator's own links and lets the real
``pseudonymise`` make the research root; gates are off, for the linking is not what is timed. In
each of 20 draws 7 in 1,000 pupils are linked to nobody or to another's person, as many as in the
demo. The second command is timed: the whole stage, with its session, reading, gate and outputs.
"""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path
from unittest import mock

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from attainment_linkage.adapters import gates
from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.gates import GateResult
from attainment_linkage.adapters.session import open_session
from attainment_linkage.domain import road
from attainment_linkage.stages import pseudonymise
from attainment_linkage.stages.runner import run_stage
from tests.research_lake import generated, started_at, written_by

DRAWS, CHANGED_IN_1000, SEED = 20, 7, 7


def drawn_links(spine: DataFrame) -> DataFrame:
    """Draws in which a few pupils, the same in each, are linked otherwise than in the spine."""
    place = F.pmod(F.xxhash64("attainment_id"), F.lit(1000))
    few = spine.where(F.col("census_id").isNotNull() & (place < CHANGED_IN_1000))
    draws = few.withColumn("draw", F.explode(F.sequence(F.lit(1), F.lit(DRAWS))))
    other = F.lead("census_id").over(Window.partitionBy("draw").orderBy("attainment_id"))
    is_other = F.pmod(F.xxhash64("attainment_id", "draw"), F.lit(2)) == 0
    return draws.withColumn("census_id", F.when(is_other, other)).select(
        "attainment_id",
        "draw",
        "census_id",
        F.when(F.col("census_id").isNotNull(), F.col("weight_band")).alias("weight_band"),
        F.lit(None).cast("int").alias("matchkey_number"),
    )


def main() -> None:
    """Make the research root; say how to time the analysis."""
    parser = argparse.ArgumentParser()
    parser.add_argument("lake", type=Path)
    parser.add_argument("--records", type=int, default=2_000_000)
    asked = parser.parse_args()
    keys = asked.lake.resolve().with_name(f"{asked.lake.name}-keys")
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = keys / "internal.key"
    if not secret.exists():
        secret.write_bytes(secrets.token_bytes(32))
        secret.chmod(0o400)
    config = load("local", lake_override(asked.lake) | {"keys": {"folder": str(keys)}})
    passing = mock.patch.object(gates, "audit", lambda _, table: GateResult(table.name, (), 0.0))
    with passing, open_session(config, "research root") as spark:
        found = generated(spark, asked.records, SEED)
        found["link_draws"] = drawn_links(found["link_spine"])
        for stage in (road.STANDARDISE, road.DETACH, road.MEASURE):
            run_stage(started_at(stage), written_by(found, spark), config, spark)
        run_stage(road.PSEUDONYMISE, pseudonymise.body, config, spark)
    print(f"time it: attainment-linkage analyse --lake {asked.lake} --force")


if __name__ == "__main__":
    main()
