"""Handover: a checked package goes from the analyst's store to the checker's, as one file.

The checker's lake holds the register and ``out/``: what counts is decided there.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from attainment_linkage.adapters import handover
from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.outputs import read_rules
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.adapters.workplace import restrict_process
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.disclosure.rules import Rules
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import DecisionRefusedError, PackageBrokenError
from attainment_linkage.stages.release import unpacking
from attainment_linkage.stages.release.store import require_undecided, store_of, verified

_NAME = re.compile(r"[0-9a-f]{12}")


def hand(name: str, folder: Path, config: Config, log: RunLog) -> Path:
    """Put a package that holds into a folder that its checker may read.

    Raises: PackageBrokenError, DiskFullError, LakeUnwritableError.
    """
    restrict_process()
    file = folder / f"{name}.zip"
    with AuditLog.of(config).recorded(Deed("release hand", name, FINISHED)) as outcome:
        package = verified(name, config)
        outcome.inputs = unpacking.digests(package)
        handover.write(package, file)
    log.note("handed over", str(file))
    return file


def take(file: Path, config: Config, log: RunLog) -> str:
    """Take a package into the checker's store, to be decided on there.

    Raises:
        PackageBrokenError: it does not hold, or was checked by looser rules than these.
        DecisionRefusedError: the file is not by whom the package says, or is decided on already.
    """
    restrict_process()
    with AuditLog.of(config).recorded(Deed("release take", file.name, FINISHED)) as outcome:
        name = _taken(file, config)
        outcome.outputs = unpacking.digests(store_of(config).package(name))
    log.note("package", name)
    return name


def _taken(file: Path, config: Config) -> str:
    writer, files = handover.read(file)
    record = handover.document(files, unpacking.RECORD)
    name, store = str(record.get("package", "")), store_of(config)
    if not _NAME.fullmatch(name):
        raise PackageBrokenError(f"release: {file.name} names no package. Have it handed over.")
    if writer != record.get("analyst"):
        raise DecisionRefusedError(
            f"release: {file.name} was written by {writer}; its form names another analyst. Have "
            "it handed over by who checked it, and do not copy it."
        )
    _require_rules(name, dict(record), read_rules(conf_folder()))
    require_undecided(store, name)
    package = store.write_package(name, files)
    try:
        verified(name, config)
    except PackageBrokenError:
        shutil.rmtree(package, ignore_errors=True)
        raise
    return name


def _require_rules(name: str, record: dict[str, object], rules: Rules) -> None:
    """Whether a package was checked by rules at least as strict as those of this place."""
    own = {
        "threshold": rules.threshold,
        "zeros_allowed": not rules.zeros.is_on,
        "rounding_base": int(rules.rounding.limit * rules.threshold),
    }
    other = [key for key, value in own.items() if record.get(key) != value]
    if other:
        raise PackageBrokenError(
            f"release: {name} was checked by other rules than these: {', '.join(other)}. Have it "
            "checked by the same conf/disclosure.toml."
        )
