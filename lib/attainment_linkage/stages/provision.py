"""Provision: the extract of an approved, current project, or a dummy that anybody may have."""

from __future__ import annotations

from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters import fingerprint
from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.keys import KeyFile
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.registers import load_register, today
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.projects.project import Project
from attainment_linkage.core.projects.register import project_of
from attainment_linkage.core.settings import Config
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import ProjectRefusedError
from attainment_linkage.domain.road import PROVISION
from attainment_linkage.stages import inputs
from attainment_linkage.stages.extract import write_extract
from attainment_linkage.stages.session import session_for

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
            with session_for("provision", config, spark) as session:
                rows = inputs.read(session, lake, PROVISION, table)
                write_extract(rows, project, key, place, said, log or RunLog(), record.rows)
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
