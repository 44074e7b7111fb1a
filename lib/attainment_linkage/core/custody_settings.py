"""Custody settings: secret keys, the ids of the research root, the register of projects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from attainment_linkage.core.checked import Settings, setting
from attainment_linkage.domain.errors import KeyMissingError


@dataclass(frozen=True, kw_only=True)
class KeysSettings(Settings):
    """Where the operator puts secret keys: ``internal.key``, and ``<PROJECT>.key`` of each."""

    folder: str = setting(is_empty_allowed=True)

    def file(self, name: str) -> Path:
        """The path of a key.

        Raises:
            KeyMissingError: the configuration names no folder.
        """
        if not self.folder:
            raise KeyMissingError(
                f"key: keys.folder is empty, so {name}.key cannot be found. Name the folder of "
                "the secret volume in a configuration of your own, and give it with --config."
            )
        return Path(self.folder) / f"{name}.key"


@dataclass(frozen=True, kw_only=True)
class PseudonymiseSettings(Settings):
    """The ids of the research root: ``ids_version`` goes up when they are made anew."""

    ids_version: int = setting(at_least=1, at_most=9999)


@dataclass(frozen=True, kw_only=True)
class ProjectsSettings(Settings):
    """Where the register of projects lies; a relative path is under ``conf/``."""

    register: str = setting()
