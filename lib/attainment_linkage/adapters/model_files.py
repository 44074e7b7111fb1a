"""Model files: a kept model with a manifest beside it, so that it can be used again.

``model.json`` is what Splink saves and takes (``kept_models``);
``manifest.json`` says when it was trained, on what counts, with which seed and versions, how
pairs agreed then, and the hash of ``model.json``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attainment_linkage.adapters import documents, kept_models
from attainment_linkage.domain.errors import ModelRefusedError

MANIFEST = "manifest.json"


def write(path: Path, settings: Mapping[str, Any], manifest: Mapping[str, Any]) -> Path:
    """Write the model and its manifest; give back the path of the model.

    Raises: DiskFullError, LakeUnwritableError.
    """
    kept_models.save(path, settings)
    said = {**manifest, "sha256": _sha256(path.read_text("utf-8"))}
    documents.replace(path.with_name(MANIFEST), said)
    return path


def read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings of a saved model and its manifest.

    Raises: ModelRefusedError where one is absent, or the model is not as it was saved.
    """
    try:
        text = path.read_text("utf-8")
        settings = json.loads(text)
    except (OSError, ValueError) as refused:
        raise ModelRefusedError(
            f"model: {path.name} cannot be read ({type(refused).__name__}). Give link.model the "
            "path of a model.json that link has saved, or leave it empty to train."
        ) from None
    manifest = documents.read(path.with_name(MANIFEST))
    if manifest is None or manifest.get("sha256") != _sha256(text):
        raise ModelRefusedError(
            f"model: {path.name} is not as it was saved, or has no whole {MANIFEST} beside it. "
            "Restore both from where they were saved, or train anew (link.model empty)."
        )
    settings.pop("sql_dialect", None)
    return settings, manifest


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
