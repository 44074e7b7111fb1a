"""Secure room: a researcher's script on a copy of the project's extract; nothing else gets out."""

from __future__ import annotations

from pathlib import Path

from attainment_linkage.adapters import fingerprint, secure_room
from attainment_linkage.adapters.audit_log import FINISHED, AuditLog, Outcome
from attainment_linkage.adapters.extract_files import MANIFEST, read_manifest
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.registers import load_register, this_user, today
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.projects.project import Project
from attainment_linkage.core.projects.register import project_of
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import (
    ExtractRefusedError,
    InputMissingError,
    ProjectRefusedError,
    ScriptFailedError,
)
from attainment_linkage.domain.road import PROVISION
from attainment_linkage.domain.tables import RESEARCH
from attainment_linkage.stages.extract import described
from attainment_linkage.stages.provision import extract_folder

STAGING = "staging"


def open_project(name: str, script: Path, config: Config, log: RunLog | None = None) -> Path:
    """Run a script for a project, if this user may; give back the folder of its outputs.

    Researcher, accreditation and dates are checked at each opening.

    Raises:
        RegisterError, ProjectRefusedError: before anything is opened.
        InputMissingError: there is no script, or no extract.
        ExtractRefusedError: the extract is not as its manifest says, or as the register does now.
        ScriptFailedError: the script ended with an error.
    """
    with AuditLog.of(config).recorded(Deed("open", name, FINISHED)) as outcome:
        outputs = _run(name, script, config, log or RunLog(), outcome)
        outcome.outputs = {
            path.name: fingerprint.sha256(path)
            for path in fingerprint.data_files(outputs)
            if not path.is_symlink()
        }
    return outputs


def _run(name: str, script: Path, config: Config, log: RunLog, outcome: Outcome) -> Path:
    project = project_of(load_register(config.projects.register), name)
    user = this_user()
    refusals = list(project.refusals(user, today()))
    if refusals:
        raise ProjectRefusedError(
            f"project {name}: {'; '.join(refusals)}. The room was not opened. The register says "
            "who may open it and until when."
        )
    if not script.is_file():
        raise InputMissingError(f"open: the script {script} is not there. Correct its path.")
    lake = Lake.open(config.lake, PROVISION.roots)
    extract = extract_folder(lake, project)
    _require_as_approved(extract, project)
    closed = [config.lake.root(zone) for zone in config.lake.zones]
    closed += [Path(config.keys.folder)] if config.keys.folder else []
    outcome.inputs = {
        path.name: fingerprint.sha256(path)
        for path in (script, extract / MANIFEST)
        if path.is_file()
    }
    log.note("secure room", secure_room.walls().said)
    with secure_room.copied(extract, config.lake.temporary_path) as room:
        staging = secure_room.next_staging(lake.root(RESEARCH) / STAGING / name)
        done = secure_room.run_script(script.absolute(), room, staging, closed)
    log.note("outputs, for release check", str(staging / secure_room.OUTPUTS))
    if done:
        raise ScriptFailedError(
            f"open: the script of project {name} ended with exit code {done}. What it said is in "
            f"{staging / secure_room.COMPLAINED}."
        )
    return staging / secure_room.OUTPUTS


def _require_as_approved(extract: Path, project: Project) -> None:
    """Refuse an extract of what the register had before; one that is not whole has its own end."""
    made = read_manifest(extract)
    now = {name: value for name, value in described(project).items() if name != "expires"}
    other = [name for name, value in now.items() if made and made.get(name) != value]
    if other:
        raise ExtractRefusedError(
            f"extract {project.id}: its {', '.join(other)} are not what the register has now. The "
            "room was not opened. Provision the project again."
        )
