"""Release: outputs are checked, packed, decided on by a second person, and only then leave."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from attainment_linkage.adapters.analysis_files import read_vocabulary
from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.outputs import read_outputs, read_rules
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.adapters.registers import today
from attainment_linkage.adapters.release_store import APPROVED, REFUSED, ReleaseStore
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.adapters.verifier import problems_of
from attainment_linkage.adapters.workplace import restrict_process
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.disclosure.request import Verdict, judged
from attainment_linkage.core.disclosure.words import Form
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import (
    DecisionRefusedError,
    PackageBrokenError,
    ReleaseCorrectedError,
    ReleaseRefusedError,
)
from attainment_linkage.domain.tables import RESEARCH
from attainment_linkage.stages import release_package as packing
from attainment_linkage.stages.secure_room import STAGING


def check(folder: Path, config: Config, who: str, log: RunLog) -> Path:
    """Check the outputs of a folder and pack what may be decided on; give back the package.

    Raises:
        OutputUnusableError: an output is not as described, or has no description.
        ReleaseRefusedError: a rule refuses it, or it gives away with earlier ones what it may not.
        ReleaseCorrectedError: packed, with cells withheld or rounded. Not a failure.
    """
    restrict_process()
    rules, store = read_rules(conf_folder()), store_of(config)
    project = project_of(folder, config)
    deed = Deed("release check", project or folder.name, FINISHED)
    with AuditLog.of(config).recorded(deed) as outcome:
        words = read_vocabulary()
        tables = [replace(table, description=words.named(table.description))
                  for table in read_outputs(folder, rules)]  # fmt: skip
        outcome.inputs = packing.digests(folder)
        name = packing.package_name(tables, who)
        verdict = judged(tables, store.registered(), name, rules)
        if verdict.refusals:
            raise ReleaseRefusedError(
                f"release: {folder.name} is refused: {'. '.join(verdict.refusals)}."
            )
        require_undecided(store, name)
        form = Form(name, who, verdict.outputs, project)
        path = store.write_package(name, packing.package_files(form, rules))
        outcome.outputs = packing.digests(path)
    _say(verdict, name, log)
    if verdict.is_corrected:
        raise ReleaseCorrectedError(
            f"release: package {name} is ready for the checker with numbers withheld or rounded; "
            f"record/form.md says which rules. Read it, then have it decided: {path}."
        )
    return path


def decide(
    name: str, config: Config, who: str, reason: str, log: RunLog, *, is_approved: bool
) -> None:
    """The checker's decision on a package; what is approved leaves for ``out/``.

    Raises:
        PackageBrokenError: the package is not there, or does not hold.
        DecisionRefusedError: by the analyst, without a reason, or decided already.
        ReleaseRefusedError: what was released since gives away what it may not.
    """
    restrict_process()
    store = store_of(config)
    verdict = APPROVED if is_approved else REFUSED
    with AuditLog.of(config).recorded(Deed(f"release {verdict}", name, FINISHED)) as outcome:
        folder = verified(name, config)
        record = packing.record_of(folder)
        outcome.inputs = packing.digests(folder)
        _require_second(name, record["analyst"], who, reason)
        require_undecided(store, name)
        outputs = packing.released_of(folder, name)
        if is_approved:
            packing.require_safe_beside(outputs, store.registered(), read_rules(conf_folder()))
            store.register(name, outputs)
        body = {"package": name, "decision": verdict, "checker": who, "reason": reason,
                "project": record["project"], "decided_on": str(today())}  # fmt: skip
        if not store.decide(name, body):
            raise DecisionRefusedError(f"release: {name} was decided on meanwhile. Read it.")
        outcome.outputs = packing.digests(folder)
        if is_approved:
            log.note("approved; it left for", str(store.copy_out(name)))


def verified(name: str, config: Config) -> Path:
    """A package that holds: hashes, rules, and an attack on every withheld number.

    Raises: PackageBrokenError, with what is wrong.
    """
    folder = store_of(config).require_whole(name)
    problems = problems_of(folder)
    if problems:
        raise PackageBrokenError(
            f"release: package {name} does not hold: {'; '.join(problems[:5])}. Check it again."
        )
    return folder


def project_of(folder: Path, config: Config) -> str:
    """The project of outputs that lie in its staging folder; empty for any others."""
    staging = (config.lake.root(RESEARCH) / STAGING).resolve()
    inside = folder.resolve()
    return inside.relative_to(staging).parts[0] if staging in inside.parents else ""


def store_of(config: Config) -> ReleaseStore:
    """Where release keeps what it has."""
    return ReleaseStore(config.release_path, config.out_path)


def _require_second(name: str, analyst: str, who: str, reason: str) -> None:
    if who == analyst:
        raise DecisionRefusedError(
            f"release: {name} was brought by {analyst}, who cannot decide on it. Ask a checker."
        )
    if not reason.strip():
        raise DecisionRefusedError(f"release: {name}: a decision needs a reason. Give --reason.")


def require_undecided(store: ReleaseStore, name: str) -> None:
    """Refuse a package that was decided on.

    Raises: DecisionRefusedError.
    """
    decided = store.decision(name)
    if decided is not None:
        raise DecisionRefusedError(
            f"release: {name} was {decided['decision']} by {decided['checker']}. Bring other "
            "outputs, or read the decision in the package."
        )


def _say(verdict: Verdict, name: str, log: RunLog) -> None:
    log.note("package", name)
    for output in verdict.outputs:
        withheld = len(output.primary) + len(output.secondary)
        log.note(output.table.name, f"{output.status}; {withheld} withheld")
