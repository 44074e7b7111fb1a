"""Provision: the extract of an approved, current project, or a dummy that anybody may have."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters import extract_files as files
from attainment_linkage.adapters import fingerprint
from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.dictionaries import write_dictionary
from attainment_linkage.adapters.keys import KeyFile
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.adapters.registers import load_register, today
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.adapters.session import check_java, open_session
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.dictionary import entries
from attainment_linkage.core.projects import dummy
from attainment_linkage.core.projects.anonymity import anonymity
from attainment_linkage.core.projects.project import Project
from attainment_linkage.core.projects.register import project_of, variables_of
from attainment_linkage.core.pseudonym import OpenKey
from attainment_linkage.core.reconciliation import Balance, require_even
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import ProjectRefusedError
from attainment_linkage.domain.road import PROVISION
from attainment_linkage.stages import inputs
from attainment_linkage.steps import dummy as dummy_steps
from attainment_linkage.steps import provision

EXTRACTS = "extracts"


def extract_folder(lake: Lake, project: Project) -> Path:
    """Where the extract of a project's version lies in the research root."""
    return lake.root(tables.RESEARCH) / EXTRACTS / project.id / f"v{project.version}"


def provision_project(
    name: str, config: Config, spark: SparkSession | None = None, log: RunLog | None = None
) -> Path:
    """Make the extract of a project; give back its folder in the research root.

    Raises:
        RegisterError, ProjectRefusedError: before anything is opened.
        KeyRefusedError: the project's key cannot be used.
        MissingTableError: the research table has not been made.
        ExtractRefusedError: the extract could identify somebody; it was destroyed.
        CountsDifferError: a pupil is neither in it nor outside its population.
    """
    with AuditLog.of(config).recorded(Deed(PROVISION.name, name, FINISHED)) as outcome:
        project = _approved(name, config)
        config = config.only(PROVISION.roots)
        key = KeyFile.of(config.keys.file(name), config.lake)
        outcome.key_id = key.key_id
        with Lake.open(config.lake, PROVISION.roots).locked() as lake:
            table = tables.LINKED_PUPILS
            record = inputs.record_of(lake, PROVISION, table)
            outcome.inputs = {table.name: record.content_hash}
            said = {"key_id": outcome.key_id, "made_from": record.content_hash}
            place = extract_folder(lake, project)

            def make(session: SparkSession) -> Path:
                rows = inputs.read(session, lake, PROVISION, table)
                return _make(rows, project, key, place, said, log or RunLog(), record.rows)

            _with_session(config, spark, make)
        outcome.outputs = {path.name: fingerprint.sha256(path) for path in place.iterdir()}
    return place


def _approved(name: str, config: Config) -> Project:
    """The project, if it may be served today."""
    project = project_of(load_register(config.projects.register), name)
    objections = list(project.objections(today()))
    if objections:
        raise ProjectRefusedError(
            f"project {name}: {'; '.join(objections)}. No extract was made. Mend it in the "
            "register, or ask for a dummy extract (--dummy)."
        )
    return project


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

    def make(session: SparkSession) -> Path:
        rows = dummy_steps.dummy_pupils(session, population, dummy.open_key)
        said = {"key_id": "none: a dummy", "made_from": "the generator; no real row"}
        return _make(rows, project, dummy.open_key, output, said, log or RunLog())

    return _with_session(config, spark, make)


def _make(
    pupils: DataFrame,
    project: Project,
    key: OpenKey,
    place: Path,
    said: Mapping[str, Any],
    log: RunLog,
    came: int | None = None,
) -> Path:
    """Make, scan and describe the files; ``came`` is how many pupils the real table has."""
    plan = variables_of(project)
    table = tables.LINKED_PUPILS
    with files.made_whole(place) as folder:
        rows = provision.extract(pupils, project, key)
        parquet = files.write_rows(rows, folder, table.name)
        files.require_nobody(parquet, plan)
        lines = entries(plan, files.missing_shares(parquet), project.coarsened)
        write_dictionary(table, lines, folder)
        sizes = files.class_sizes(parquet, project.quasi_identifiers)
        report = anonymity(project.quasi_identifiers, sizes)
        files.write_anonymity(report, folder)
        count = files.row_count(parquet)
        if came is not None:
            _reconcile(pupils, project, came, count, log)
        files.write_manifest(folder, {**described(project), "rows": count, **said})
    log.lies(table.name, count, place)
    log.note("variables", len(plan))
    log.note("smallest class of equal quasi-identifiers", report.smallest_class)
    log.note("share of rows in classes under 10", round(report.share_under(10), 4))
    return place


def _reconcile(pupils: DataFrame, project: Project, came: int, went: int, log: RunLog) -> None:
    """Print how many pupils came, went, and are outside the population; stop where they differ."""
    [outside] = provision.count_outside(pupils, project).collect()
    balance = Balance("pupils", came, went, outside["outside"])
    for name, count in balance.said.items():
        log.note(name, count)
    require_even(PROVISION.name, (balance,))


def described(project: Project) -> dict[str, Any]:
    """What an extract of the project may hold, as its manifest says it."""
    return {
        "project": project.id,
        "version": project.version,
        "expires": str(project.expires),
        "table": project.table,
        "variables": [one.name for one in variables_of(project)],
        "population": [one.said for one in project.population],
        "coarsened": dict(project.coarsened),
        "geography": project.geography,
    }


def _with_session(
    config: Config, spark: SparkSession | None, make: Callable[[SparkSession], Path]
) -> Path:
    if spark is not None:
        return make(spark)
    check_java()
    with open_session(config, "attainment-linkage provision") as session:
        return make(session)
