"""Dummy extract: the schema of a project's extract, filled with generated people."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.adapters.registers import load_register
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.projects import dummy
from attainment_linkage.core.projects.register import project_of
from attainment_linkage.core.settings import Config
from attainment_linkage.stages.extract import write_extract
from attainment_linkage.stages.session import session_for
from attainment_linkage.steps import dummy as dummy_steps


def provision_dummy(
    name: str,
    config: Config,
    output: Path,
    spark: SparkSession | None = None,
    log: RunLog | None = None,
) -> Path:
    """Make a dummy extract: the same schema, made of generated people only.

    No root is opened: there is no real row it could be made from. The project need not be
    approved.

    Raises: RegisterError, ProjectRefusedError (unknown), LakeUnwritableError.
    """
    project = project_of(load_register(config.projects.register), name)
    profiles = tomllib.loads((conf_folder() / "population.toml").read_text("utf-8"))
    population = dummy.population_for(project, profiles)
    said = {"key_id": "none: a dummy", "made_from": "the generator; no real row"}
    with session_for("provision", config, spark) as session:
        rows = dummy_steps.dummy_pupils(session, population, dummy.open_key)
        return write_extract(rows, project, dummy.open_key, output, said, log or RunLog())
