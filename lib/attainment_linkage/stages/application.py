"""Application: what a project lacks before it can be decided on; and the public register."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attainment_linkage.adapters import fingerprint
from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.adapters.registers import load_register, read_toml, write_register_page
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.projects.project import spoken
from attainment_linkage.core.projects.reading import read_project
from attainment_linkage.core.projects.register import lacking, undecided
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import ApplicationError
from attainment_linkage.stages.release.store import store_of


def apply(application: Path, config: Config, log: RunLog | None = None) -> None:
    """Hold an application against the data dictionary and the four questions.

    Raises:
        ApplicationError: it lacks something, or asks for what there is not; all is listed.
        InputMissingError, InputUnreadableError, InputEncodingError, RegisterError.
    """
    with AuditLog.of(config).recorded(Deed("apply", application.name, FINISHED)) as outcome:
        document = read_toml(application)
        outcome.inputs = _hashes(application)
        _require_complete(document, application.name, log or RunLog())


def _require_complete(document: Mapping[str, Any], file: str, log: RunLog) -> None:
    entries = document.get("project")
    if not isinstance(entries, dict) or len(entries) != 1:
        raise ApplicationError(
            f"{file}: it is not one table [project.ID]. The form is that of conf/projects.toml."
        )
    [(name, entry)] = entries.items()
    project, problems = read_project(name, entry)
    missing = problems if project is None else problems or lacking(project)
    if project is None or missing:
        raise ApplicationError(
            f"{file}: to mend, {len(missing)}: {'; '.join(missing)}. Add them as in "
            "conf/projects.toml; the variables are in the data dictionary."
        )
    log.note(f"application {name}", "complete")
    open_questions = ", ".join(spoken(question) for question in undecided(project))
    log.note("still to be decided", open_questions or "nothing")


def publish_register(config: Config, path: Path, log: RunLog | None = None) -> None:
    """Write the public page of the register and of what was released, without data.

    Raises: RegisterError with all its problems; PackageBrokenError; LakeUnwritableError,
        DiskFullError.
    """
    log = log or RunLog()
    source = conf_folder() / config.projects.register
    with AuditLog.of(config).recorded(Deed("register", path.name, FINISHED)) as outcome:
        register, releases = load_register(config.projects.register), store_of(config).releases()
        outcome.inputs = _hashes(source)
        page = write_register_page(register, releases, path)
        outcome.outputs = _hashes(page)
    log.note("projects", len(register))
    log.note("releases", len(releases))
    log.note("public register", str(page))


def _hashes(path: Path) -> dict[str, str]:
    return {path.name: fingerprint.sha256(path)}
