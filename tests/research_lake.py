"""A lake with a small generated population as far as ``measure``, and its research table.

The links are the generator's own, less what a test plants; the attribute tables and weights
come from the real steps. Gates stand only at what ``pseudonymise`` writes: the others have
tests of their own.
"""

from __future__ import annotations

import dataclasses
import hashlib
import tomllib
from types import SimpleNamespace

import pytest
from pyspark.sql import functions as F

from attainment_linkage.adapters import gates
from attainment_linkage.adapters.gate_results import GateResult
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.core.population import Population, profile_named
from attainment_linkage.domain import road, tables
from attainment_linkage.domain.attribute_tables import REVIEWED
from attainment_linkage.stages import pseudonymise
from attainment_linkage.stages.runner import run_stage
from attainment_linkage.steps import standardise, synthesise
from tests.conftest import config_for

RECORDS = 400
SECRETS = {
    "internal": hashlib.sha256(b"the key of the research root").digest(),
    "ALP-2026-01": hashlib.sha256(b"the key of a project").digest(),
}


def generated(spark, records=RECORDS, seed=7):
    """The attribute tables and the spine of a generated population, by table name."""
    profiles = tomllib.loads((conf_folder() / "population.toml").read_text("utf-8"))
    population = Population(seed, profile_named(profiles, "realistic"), records, None)

    def delivered(source):
        return synthesise.delivered(spark, source, population, 2)

    truth = synthesise.truth(spark, population, 2).select("attainment_id", "census_id")
    attainment = standardise.pupil_attainment(
        delivered(tables.KS4_SOURCE), delivered(tables.KS5_SOURCE)
    )
    pupils = attainment.select("attainment_id").distinct()
    spine = pupils.join(truth, on="attainment_id", how="left").select(
        "attainment_id",
        "census_id",
        F.when(F.col("census_id").isNotNull(), 12).alias("weight_band"),
        F.lit(None).cast("int").alias("matchkey_number"),
        F.lit("none").alias("missing_field"),
        F.lit(False).alias("is_mover"),
        F.lit(False).alias("is_twin"),
        *(F.lit(None).cast("double").alias(f"reviewed_{kind}") for kind in REVIEWED),
    )
    weights = spine.where(F.col("census_id").isNotNull()).select(
        "attainment_id",
        F.lit(0.8).alias("link_chance"),
        F.lit(1.25).alias("linkage_weight"),
        F.lit(False).alias("is_trimmed"),
    )
    linked = spine.where(F.col("census_id").isNotNull()).orderBy("attainment_id").limit(12)
    draws = linked.select(
        "attainment_id",
        F.lit(2).alias("draw"),
        *(F.lit(None).cast(kind).alias(name) for name, kind in
          (("census_id", "string"), ("weight_band", "int"), ("matchkey_number", "int"))),
    )  # fmt: skip
    return {
        "link_draws": draws,
        "pupil_attainment": attainment,
        "pupil_characteristics": standardise.pupil_characteristics(
            delivered(tables.SCHOOL_CENSUS_SOURCE)
        ),
        "census_characteristics": standardise.census_characteristics(
            delivered(tables.CENSUS_SOURCE)
        ),
        "link_spine": spine,
        "linkage_weights": weights,
    }


def started_at(stage):
    """A stage that reads nothing and writes only its attribute tables."""
    writes = tuple(table for table in stage.writes if table.zone == tables.ATTRIBUTES)
    return dataclasses.replace(stage, reads=(), writes=writes, reads_truth=False, reads_reviews="")


def written_by(found, spark):
    """A body that writes what was given, and nothing into the other tables of its stage."""

    def body(run):
        for table in run.stage.writes:
            frame = found.get(table.name, spark.createDataFrame([], table.ddl))
            run.write(frame.select(*table.names), table)

    return body


@pytest.fixture(scope="session")
def research(spark, tmp_path_factory):
    """The lake after ``pseudonymise``: its configuration, result, log, keys, and inputs."""
    keys = tmp_path_factory.mktemp("keys")
    for name, secret in SECRETS.items():
        (keys / f"{name}.key").write_bytes(secret)
        (keys / f"{name}.key").chmod(0o400)
    config = config_for(tmp_path_factory.mktemp("lake"), keys={"folder": str(keys)})
    found = generated(spark)
    guarded = {table.name for table in road.PSEUDONYMISE.writes}
    audit = gates.audit

    def only_theirs(frame, table):
        return audit(frame, table) if table.name in guarded else GateResult(table.name, (), 0.0)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gates, "audit", only_theirs)
        for stage in (road.STANDARDISE, road.DETACH, road.MEASURE):
            run_stage(started_at(stage), written_by(found, spark), config, spark)
        result = run_stage(road.PSEUDONYMISE, pseudonymise.body, config, spark)
    return SimpleNamespace(config=config, result=result, keys=keys, inputs=found)
