"""Handover: a release package as one file, from the analyst's store to the checker's.

What a person's runs make is for that person alone (0600). The file may be read by its group too
(0640): put it in a folder of the output checkers' group. Who wrote it is the system's word.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import pwd
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.release_store import MANIFEST
from attainment_linkage.domain.errors import PackageBrokenError

_MODE = 0o640
_DAY = (1980, 1, 1, 0, 0, 0)
MOST_BYTES = 200_000_000
"""Of all files of a package together; a larger one is no package."""


def write(package: Path, file: Path) -> None:
    """Put a package into one file, which must not be there yet; the same bytes each time.

    Raises: DiskFullError, LakeUnwritableError.
    """
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as book:
        for path in sorted(one for one in package.rglob("*") if one.is_file()):
            place = zipfile.ZipInfo(path.relative_to(package).as_posix(), _DAY)
            book.writestr(place, path.read_bytes(), zipfile.ZIP_DEFLATED)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as target:
            target.write(held.getvalue())
            os.fchmod(handle, _MODE)
    except OSError as refused:
        raise named(refused, f"release: {file}") from None


def read(file: Path) -> tuple[str, dict[str, bytes]]:
    """Who wrote a file, and the files of the package in it, just those its manifest lists.

    Raises: PackageBrokenError.
    """
    try:
        with file.open("rb") as source:
            owner = os.fstat(source.fileno()).st_uid
            files = _members(source.read(MOST_BYTES))
        listed = json.loads(files.pop(MANIFEST))["body"]["files"]
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, RuntimeError) as broken:
        raise PackageBrokenError(
            f"release: {file.name} cannot be read as a package ({type(broken).__name__}). "
            "Have it handed over again."
        ) from None
    if listed != {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}:
        raise PackageBrokenError(
            f"release: {file.name} is not as it was packed. Have it handed over again."
        )
    return _name(owner), files


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        places = book.infolist()
        names = [PurePosixPath(one.filename) for one in places]
        if any(name.is_absolute() or ".." in name.parts for name in names):
            raise ValueError("a name leads out of the package")
        if sum(one.file_size for one in places) > MOST_BYTES:
            raise ValueError("larger than any package")
        return {str(name): book.read(one) for name, one in zip(names, places, strict=True)}


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def document(files: Mapping[str, bytes], name: str) -> Mapping[str, object]:
    """A JSON file of a package.

    Raises: PackageBrokenError.
    """
    try:
        found = json.loads(files[name])
    except (KeyError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise PackageBrokenError(f"release: the package has no {name}. Have it handed over again.")
    return found
