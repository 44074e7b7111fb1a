"""Durable: what was written is on the disk before anything names it.

A rename that is on the disk while the bytes behind it are not is what a power cut leaves of an
atomic pointer: it names files of no bytes.
"""

from __future__ import annotations

import os
from pathlib import Path

from attainment_linkage.adapters.faults import named


def flush(path: Path, root: Path) -> None:
    """Everything of a file or folder is on the disk when this returns, its name in the root too.

    Raises: DiskFullError, LakeUnwritableError, StageFailedError.
    """
    above = [one for one in path.parents if one.is_relative_to(root)]
    try:
        for one in (*path.rglob("*"), path, *above):
            flush_one(one)
    except OSError as refused:
        raise named(refused, f"lake: {path.name}") from None


def flush_one(path: Path) -> None:
    """The bytes of a file, or the names in a folder, are on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
