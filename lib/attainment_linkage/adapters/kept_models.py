"""Kept models: the trained model of a linkage, kept in its root as Splink's own settings.

The file opens in Splink as it is: ``Linker(tables, path, DuckDBAPI())``. It holds conditions
and chances; no record, and no value of one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attainment_linkage.adapters.faults import named

_MODELS = "_models"
Settings = Mapping[str, Any]


def model_path(root: Path, key: str) -> Path:
    """Where the model of one making of the stage lies."""
    return root / _MODELS / key / "model.json"


def save(path: Path, settings: Settings) -> Path:
    """Write a model, in the place of one that was there.

    Raises: DiskFullError, LakeUnwritableError.
    """
    text = json.dumps({"sql_dialect": "duckdb", **settings}, sort_keys=True, indent=1)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    except OSError as refused:
        raise named(refused, path.name) from None
    return path


def read(path: Path) -> dict[str, Any] | None:
    """The model of a file; None where it is not there or not one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "comparisons" in found else None
