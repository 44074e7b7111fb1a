"""Stage key: the name of one exact making of a stage's tables.

Two runs of a stage have one key when they read the same inputs with the same settings,
code and libraries; then their tables are the same, and the second run is skipped. A change
in another stage's settings changes nothing here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

KEY_LENGTH = 16


def canonical_json(value: Any) -> str:
    """JSON with one spelling: sorted keys, no blanks, ASCII; NaN is refused."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: Any) -> str:
    """The sha256 of a value's canonical JSON, as 64 hex characters."""
    return hashlib.sha256(canonical_json(value).encode("ascii")).hexdigest()


def stage_key(
    stage: str,
    *,
    inputs: Mapping[str, str],
    settings: Mapping[str, Any],
    code: str,
    versions: Mapping[str, str],
) -> str:
    """The key of a stage, 16 hex characters.

    Args:
        stage: the stage's name.
        inputs: the key of each stage it reads, or the hash of each file.
        settings: the sections of the configuration it depends on.
        code: hash of the package's code and of the gates its tables must pass.
        versions: the pinned libraries.
    """
    parts = {
        "stage": stage,
        "inputs": dict(inputs),
        "settings": dict(settings),
        "code": code,
        "versions": dict(versions),
    }
    return digest(parts)[:KEY_LENGTH]


def run_id(stage_keys: Mapping[str, str]) -> str:
    """The name of a whole run: a hash of the keys of all its stages."""
    return digest(dict(stage_keys))[:KEY_LENGTH]
