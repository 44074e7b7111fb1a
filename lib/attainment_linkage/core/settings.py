"""Settings: what a person signs off: ``Config``, one frozen dataclass per section.

The sections lie in ``lake_settings``, ``delivery_settings``, ``linkage_settings`` and so on,
as the imports below say. Each field declares its own bounds and refuses values outside them,
so a section that exists is a section that holds. No field has a default here: every number
has one home, ``conf/base.toml``, over which ``conf/<env>.toml`` is laid (``adapters.config``).
To add a field: one line in its section, one in ``conf/base.toml``.

Units are in the names of the keys (``_bits``, ``_mib``, ``_gib``, ``_seconds``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from attainment_linkage.core.checked import JsonValue, Settings, setting
from attainment_linkage.core.custody_settings import (
    KeysSettings,
    ProjectsSettings,
    PseudonymiseSettings,
)
from attainment_linkage.core.delivery_settings import (
    IngestSettings,
    StandardiseSettings,
    SynthesiseSettings,
)
from attainment_linkage.core.disclosure.settings import ReleaseSettings
from attainment_linkage.core.lake_settings import LakeSettings
from attainment_linkage.core.linkage_settings import DetachSettings, LinkSettings
from attainment_linkage.core.quality_settings import DeduplicateSettings, MeasureSettings
from attainment_linkage.core.review.settings import ReviewSettings
from attainment_linkage.domain import tables


@dataclass(frozen=True, kw_only=True)
class SparkSettings(Settings):
    """Run-time settings of the Spark session; launch-time ones: conf/spark-defaults.conf."""

    master: str = setting(is_empty_allowed=True)
    driver_memory_gib: float = setting(above=0)
    parallel_tasks: int = setting(at_least=0)
    shuffle_partitions: int = setting(at_least=1)
    delta_snapshot_partitions: int = setting(at_least=1)
    session_time_zone: str = setting()
    arrow_batch_rows: int = setting(at_least=1)


@dataclass(frozen=True, kw_only=True)
class AuditSettings(Settings):
    """Where the audit log and its head lie: relative names are under the lake's directory."""

    log: str = setting()
    head: str = setting()


@dataclass(frozen=True, kw_only=True)
class Config(Settings):
    """The whole configuration, one field per section."""

    spark: SparkSettings
    lake: LakeSettings
    audit: AuditSettings
    synthesise: SynthesiseSettings
    ingest: IngestSettings
    standardise: StandardiseSettings
    deduplicate: DeduplicateSettings
    link: LinkSettings
    detach: DetachSettings
    measure: MeasureSettings
    keys: KeysSettings
    pseudonymise: PseudonymiseSettings
    projects: ProjectsSettings
    release: ReleaseSettings
    review: ReviewSettings

    @property
    def truth_path(self) -> Path:
        """Where the generator's truth lies: under the lake's directory, in no root."""
        return Path(self.lake.directory) / self.synthesise.truth_dir

    @property
    def raw_path(self) -> Path:
        """Where the generated delivery lies: in the landing root."""
        return self.lake.root(tables.LANDING) / self.synthesise.output_dir

    def delivery_path(self, source: str) -> Path:
        """The file or folder of a delivered source; a relative one is under landing."""
        return self.lake.root(tables.LANDING) / self.ingest.delivery(source).path

    @property
    def audit_path(self) -> Path:
        """The audit log: in no root, as every job writes to it."""
        return Path(self.lake.directory) / self.audit.log

    @property
    def audit_head_path(self) -> Path:
        """The head of the audit log; best on another volume."""
        return Path(self.lake.directory) / self.audit.head

    @property
    def release_path(self) -> Path:
        """Packages and the register of all outputs: in the research root."""
        return self.lake.root(tables.RESEARCH) / self.release.directory

    @property
    def out_path(self) -> Path:
        """Where approved outputs leave: in no root."""
        return Path(self.lake.directory) / self.release.out

    def contradictions(self) -> Iterator[str]:
        """The truth lies where no linkage job could read it; the audit log, where all write."""
        outside = {
            "synthesise.truth_dir": self.truth_path,
            "audit.log": self.audit_path,
            "audit.head": self.audit_head_path,
            "release.out": self.out_path,
        }
        for zone in self.lake.zones:
            for key, path in outside.items():
                if self.lake.root(zone) in (path, *path.parents):
                    yield f"{key} lies in the root {zone}; it is kept outside the roots"
        if self.audit_path == self.audit_head_path:
            yield "audit.log and audit.head are one file; the head is kept elsewhere"

    def only(self, zones: Iterable[str]) -> Config:
        """The same configuration with the paths of these roots only."""
        return replace(self, lake=self.lake.only(zones))

    def sections(self, names: tuple[str, ...]) -> dict[str, dict[str, JsonValue]]:
        """The named sections as plain values, for a stage key."""
        return {name: getattr(self, name).as_json() for name in names}
