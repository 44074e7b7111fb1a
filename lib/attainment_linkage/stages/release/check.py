"""Check: outputs are judged by the rules, and packed where these let them through."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from attainment_linkage.adapters.analysis_files import read_vocabulary
from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.outputs import read_outputs, read_rules
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.adapters.workplace import restrict_process
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.disclosure.request import Verdict, judged
from attainment_linkage.core.disclosure.words import Form
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import ReleaseCorrectedError, ReleaseRefusedError
from attainment_linkage.stages.release import packing, unpacking
from attainment_linkage.stages.release.store import project_of, require_undecided, store_of


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
        outcome.inputs = unpacking.digests(folder)
        name = packing.package_name(tables, who)
        verdict = judged(tables, store.registered(), name, rules)
        if verdict.refusals:
            raise ReleaseRefusedError(
                f"release: {folder.name} is refused: {'. '.join(verdict.refusals)}."
            )
        require_undecided(store, name)
        form = Form(name, who, verdict.outputs, project)
        path = store.write_package(name, packing.package_files(form, rules))
        outcome.outputs = unpacking.digests(path)
    _say(verdict, name, log)
    if verdict.is_corrected:
        raise ReleaseCorrectedError(
            f"release: package {name} is ready for the checker with numbers withheld or rounded; "
            f"record/form.md says which rules. Read it, then have it decided: {path}."
        )
    return path


def _say(verdict: Verdict, name: str, log: RunLog) -> None:
    log.note("package", name)
    for output in verdict.outputs:
        withheld = len(output.primary) + len(output.secondary)
        log.note(output.table.name, f"{output.status}; {withheld} withheld")
