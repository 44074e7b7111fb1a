"""Keys: a new secret of a project, on the record before it is there; the research root's own."""

from __future__ import annotations

from pathlib import Path

from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.keys import KeyFile, make_key
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.settings import Config

INTERNAL = "internal"
"""The key, and the domain of ids, of the research root itself; no project has this name."""


def new_key(path: Path, config: Config, log: RunLog | None = None) -> None:
    """Make a key outside the lake and say its key id, which the audit log holds too.

    No hash of the file is recorded: the key id alone names it.

    Raises:
        KeyRefusedError, KeyExposedError: no key was made.
        AuditError, LakeUnwritableError: it could not be recorded, so no key was made.
    """
    with AuditLog.of(config).recorded(Deed("key new", path.name, FINISHED)) as outcome:
        outcome.key_id = make_key(KeyFile.of(path, config.lake))
    (log or RunLog()).note("key id", outcome.key_id)


def internal_key(config: Config) -> KeyFile:
    """Where the key of the research root's own ids lies."""
    return KeyFile.of(config.keys.file(INTERNAL), config.lake)
