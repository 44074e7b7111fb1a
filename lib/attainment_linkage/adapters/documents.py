"""Documents: small JSON files that are there whole or not at all, with their own checksum.

Manifests, heads, published pointers and caches are such files. Each is written beside its
place, flushed to the disk, and put in place by one atomic act: ``link`` where it must not
exist yet, ``replace`` where it may. This holds on POSIX file systems.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attainment_linkage.adapters.durable import flush_one
from attainment_linkage.adapters.faults import named
from attainment_linkage.core.stage_key import digest

logger = logging.getLogger(__name__)


def create(path: Path, body: Mapping[str, Any]) -> bool:
    """Write a document that must not exist yet; False where one does (it is left alone).

    Raises:
        DiskFullError, LakeUnwritableError: the document is not there.
    """
    return _put(path, body, is_new=True)


def replace(path: Path, body: Mapping[str, Any]) -> None:
    """Write a document, in the place of the one there was.

    Raises:
        DiskFullError, LakeUnwritableError: the old document is still there.
    """
    _put(path, body, is_new=False)


def read(path: Path) -> dict[str, Any] | None:
    """The body of a document; None where it is absent, cut short or altered.

    One that is there and not whole is logged by its name.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as refused:
        raise named(refused, path.name) from None
    try:
        document = json.loads(text)
        body = document["body"]
        is_whole = document["checksum"] == digest(body) and text == _text(body)
    except (ValueError, KeyError, TypeError, RecursionError):
        is_whole, body = False, None
    if not is_whole or not isinstance(body, dict):
        logger.warning("%s is not whole; it counts as absent", path.name)
        return None
    return body


def remove(path: Path) -> None:
    """Remove a document, if it is there."""
    try:
        path.unlink(missing_ok=True)
    except OSError as refused:
        raise named(refused, path.name) from None


def sweep(folder: Path, name: str = "*.json") -> None:
    """Remove what processes that were killed while writing documents left beside them.

    Whoever calls this is the only one who writes them now.
    """
    for path in folder.glob(f".{name}.*"):
        owner = path.name.rpartition(".")[2]
        if owner.isdigit() and int(owner) != os.getpid():
            path.unlink(missing_ok=True)


def _put(path: Path, body: Mapping[str, Any], *, is_new: bool) -> bool:
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _flushed(aside, _text(body))
        if is_new:
            os.link(aside, path)
        else:
            os.replace(aside, path)
        flush_one(path.parent)
    except FileExistsError:
        return False
    except OSError as refused:
        raise named(refused, path.name) from None
    finally:
        aside.unlink(missing_ok=True)
    return True


def _text(body: Mapping[str, Any]) -> bytes:
    """The one spelling of a document, byte for byte."""
    document = {"body": body, "checksum": digest(body)}
    return json.dumps(document, sort_keys=True, indent=1).encode("ascii")


def _flushed(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
