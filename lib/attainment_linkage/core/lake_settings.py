"""Lake settings: where the four roots lie, and which of them a job is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from attainment_linkage.core.checked import Settings, setting
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import ZoneError

CLOSED = "closed"
"""In the place of a root's path: this job is not given it."""


@dataclass(frozen=True, kw_only=True)
class LakeSettings(Settings):
    """Where the four roots lie: relative names are under ``directory``."""

    directory: str = setting()
    landing: str = setting()
    identifiers: str = setting()
    attributes: str = setting()
    research: str = setting()
    temporary: str = setting()
    minimum_free_mib: int = setting(at_least=0)
    lock_heartbeat_seconds: float = setting(above=0)

    def root(self, zone: str) -> Path:
        """The path of a root.

        Raises:
            ZoneError: the root does not exist, or this job was not given it.
        """
        if zone not in tables.ZONES:
            raise ZoneError(
                f"lake: there is no root {zone}. The roots are {', '.join(tables.ZONES)}."
            )
        path = str(getattr(self, zone))
        if path == CLOSED:
            raise ZoneError(
                f"lake: the root {zone} is not open to this job; it has "
                f"{', '.join(self.zones) or 'none'}. A job opens only the roots its stage "
                "declares (domain/road.py), of those its configuration gives it."
            )
        return Path(self.directory) / path

    @property
    def zones(self) -> tuple[str, ...]:
        """The roots whose paths this job has, in the fixed order."""
        return tuple(zone for zone in tables.ZONES if getattr(self, zone) != CLOSED)

    def only(self, zones: Iterable[str]) -> LakeSettings:
        """The same settings with the paths of these roots and of no other.

        Raises:
            ZoneError: one of them does not exist, or its path is not here.
        """
        wanted = set(zones)
        for zone in sorted(wanted):
            self.root(zone)
        closed: dict[str, Any] = {zone: CLOSED for zone in self.zones if zone not in wanted}
        return replace(self, **closed)

    @property
    def fault_root(self) -> Path | None:
        """The root where a failure's traceback and log may lie: they can quote its rows."""
        nearest = (tables.IDENTIFIERS, tables.LANDING, tables.ATTRIBUTES, tables.RESEARCH)
        return next((self.root(zone) for zone in nearest if zone in self.zones), None)

    @property
    def temporary_path(self) -> Path:
        """Where each run makes its own folder for shuffle and spill files."""
        return Path(self.directory) / self.temporary

    def contradictions(self) -> Iterator[str]:
        """Roots must not lie in each other: each has its own rights and its own life."""
        roots = {zone: self.root(zone) for zone in self.zones}
        for zone, path in roots.items():
            for other, outer in roots.items():
                if zone != other and (path == outer or outer in path.parents):
                    yield f"the root {zone} lies in the root {other}; give each its own folder"
