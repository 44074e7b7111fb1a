"""Keys: reads and makes the secret of a project: 32 bytes in a file of their owner's alone.

The operator puts the file on each node (a secret volume), outside the lake and outside the
project. What goes to Spark is a ``KeyFile``, which holds a path: the file is opened on the
worker, in the task that needs it. The bytes are in no argument, environment, configuration,
plan, log or closure, and no message of this module holds one.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from attainment_linkage.adapters.project import project_folder
from attainment_linkage.core import pseudonym
from attainment_linkage.core.lake_settings import LakeSettings
from attainment_linkage.core.pseudonym import KEY_BYTES
from attainment_linkage.domain.errors import (
    ConfigError,
    KeyExposedError,
    KeyMissingError,
    KeyRefusedError,
)

_ONLY_OWNER_READS = 0o400


@dataclass(frozen=True)
class KeyFile:
    """Where a secret lies, and the folders it must lie outside of; it holds no byte of it.

    Calling it opens the file, checks it and gives its bytes: ``core.pseudonym.OpenKey``. It is
    pickled as these paths, so a task opens the file of its own machine.
    """

    path: str
    outside: tuple[str, ...] = ()

    @classmethod
    def of(cls, path: str | Path, lake: LakeSettings) -> KeyFile:
        """The secret at a path, to lie outside this lake, its roots and the project."""
        folders = [Path(lake.directory), *map(lake.root, lake.zones)]
        return cls(os.path.abspath(path), tuple(map(os.path.realpath, [*folders, *_project()])))

    def __call__(self) -> bytes:
        """The 32 bytes.

        Raises: KeyMissingError, KeyRefusedError, KeyExposedError, WeakKeyError.
        """
        return read_key(Path(self.path), self.outside)

    @property
    def key_id(self) -> str:
        """The name of the secret, for manifests and the audit log; errors as for a call."""
        return pseudonym.key_id(self())


def read_key(path: Path, outside: Iterable[str | Path] = ()) -> bytes:
    """The secret in a file.

    Raises:
        KeyMissingError: there is no file at the path.
        KeyRefusedError: it is a link, not a regular file, or cannot be read.
        KeyExposedError: others may read or replace it, or it lies in a folder of ``outside``.
        WeakKeyError: it is not 32 random bytes.
    """
    _require_outside(path, outside)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise KeyMissingError(
            f"key: {path} is not there. Ask the keeper of the key to put it on this machine; "
            "without it these ids cannot be made again."
        ) from None
    except OSError as refused:
        said = "it is a symbolic link" if refused.errno == errno.ELOOP else refused.strerror
        raise KeyRefusedError(
            f"key: {path}: {said}. Give the path of the regular file itself, which this user "
            "may read."
        ) from None
    try:
        _require_private(path, os.fstat(handle))
        secret = os.read(handle, KEY_BYTES + 1)
    finally:
        os.close(handle)
    pseudonym.require_strong(secret)
    return secret


def make_key(place: KeyFile) -> str:
    """Make a secret of 32 bytes from the system's random source; give back its key id.

    Raises:
        KeyRefusedError: something is at the path, or it cannot be written.
        KeyExposedError: it would lie where it must not, or others could replace it.
    """
    path = Path(place.path)
    _require_outside(path, place.outside)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            os.fchmod(file.fileno(), _ONLY_OWNER_READS)
            file.flush()
            os.fsync(file.fileno())
    except OSError as refused:
        raise KeyRefusedError(
            f"key: {path}: {refused.strerror}; no key was made. Give the path of a new file in "
            "a folder of your own."
        ) from None
    try:
        return place.key_id
    except KeyExposedError:
        path.unlink()
        raise


def _project() -> list[Path]:
    try:
        return [project_folder()]
    except ConfigError:
        return []


def _require_outside(path: Path, outside: Iterable[str | Path]) -> None:
    real = Path(os.path.realpath(path.parent)) / path.name
    for folder in outside:
        if real.is_relative_to(os.path.realpath(folder)):
            raise KeyExposedError(
                f"key: {path} lies in {folder}, beside what it protects. Keep it outside the "
                "lake and the project, on a secret volume of its own."
            )


def _require_private(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise KeyRefusedError(f"key: {path} is not a regular file. Give the path of one.")
    mode = stat.S_IMODE(found.st_mode)
    if found.st_uid != os.geteuid():
        said = f"it belongs to the user {found.st_uid}, this one is {os.geteuid()}"
    elif mode != _ONLY_OWNER_READS:
        said = f"its mode is {mode:04o}, not 0400"
    elif os.stat(path.parent).st_mode & 0o022:
        said = "its folder can be written by others, who could put another in its place"
    else:
        return
    raise KeyExposedError(
        f"key: {path}: {said}. Only its owner may read it and nobody write it (chmod 0400, folder "
        "0700); a key that others could read is not secret any more: make a new one."
    )
