"""Settings: what a person signs off, one frozen dataclass per section of the configuration.

Each field declares its own bounds and refuses values outside them, so a section that
exists is a section that holds. No field has a default here: every number has one home,
``conf/base.toml``, over which ``conf/<env>.toml`` is laid (``adapters.config``). To add a
field: one line here, one line in ``conf/base.toml``.

Units are in the names of the keys (``_bits``, ``_mib``, ``_gib``, ``_seconds``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from attainment_linkage.core.checked import JsonValue, Settings, setting
from attainment_linkage.core.custody_settings import (
    KeysSettings,
    ProjectsSettings,
    PseudonymiseSettings,
)
from attainment_linkage.core.disclosure.settings import ReleaseSettings
from attainment_linkage.core.policy import POPULATIONS
from attainment_linkage.core.quality_settings import DeduplicateSettings, MeasureSettings
from attainment_linkage.core.review.settings import ReviewSettings
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import ZoneError

_SHORT_RECORDS = 100_000
CLOSED = "closed"
"""In the place of a root's path: this job is not given it."""


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


@dataclass(frozen=True, kw_only=True)
class AuditSettings(Settings):
    """Where the audit log and its head lie: relative names are under the lake's directory."""

    log: str = setting()
    head: str = setting()


@dataclass(frozen=True, kw_only=True)
class SynthesiseSettings(Settings):
    """The generated delivery. ``census_people`` 0: the households of the pupils' people."""

    seed: int = setting(at_least=0)
    profile: str = setting(one_of=("realistic", "hard"))
    attainment_records: int = setting(at_least=1)
    census_people: int = setting(at_least=0)
    format: str = setting(one_of=("csv", "parquet"))
    output_dir: str = setting()
    truth_dir: str = setting()

    @property
    def is_short(self) -> bool:
        """Whether a run on this population ends within minutes."""
        return max(self.attainment_records, self.census_people // 5) <= _SHORT_RECORDS


@dataclass(frozen=True, kw_only=True)
class DeliverySettings(Settings):
    """One delivered source: where its file or folder lies, and how it is written.

    ``path`` is absolute or relative to the landing root. ``expected_rows`` is the
    supplier's own count; 0 where none was given.
    """

    path: str = setting()
    format: str = setting(one_of=("csv", "parquet"))
    encoding: str = setting()
    delimiter: str = setting()
    compression: str = setting(one_of=("none", "gzip"))
    expected_rows: int = setting(at_least=0)


@dataclass(frozen=True, kw_only=True)
class IngestSettings(Settings):
    """The four delivered sources, and how much of one may be unusable.

    Shares are of the rows delivered: ``largest_repeated_share`` of rows that stand behind
    another with their key, ``largest_refused_share`` of all rows sent to quarantine.
    """

    largest_repeated_share: float = setting(at_least=0, at_most=1)
    largest_refused_share: float = setting(at_least=0, at_most=1)
    census: DeliverySettings
    school_census: DeliverySettings
    ks4: DeliverySettings
    ks5: DeliverySettings

    def delivery(self, source: str) -> DeliverySettings:
        """The settings of one source, by the name it has in ``domain.tables``."""
        found: DeliverySettings = getattr(self, source)
        return found


@dataclass(frozen=True, kw_only=True)
class StandardiseSettings(Settings):
    """Listed default values: they stand for nothing known, and become null, counted."""

    default_dates: tuple[str, ...]
    default_postcodes: tuple[str, ...]
    default_names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LinkSettings(Settings):
    """Thresholds, budgets and seeds of the linkage. Bits are log2 posterior odds."""

    accept_bits: float = setting(at_least=-50, at_most=100)
    false_link_rate: float = setting(at_least=0, at_most=0.5)
    margin_bits: float = setting(above=0)
    review_bits: float = setting(at_least=-50, at_most=100)
    candidate_pair_budget: int = setting(at_least=1)
    task_memory_mib: int = setting(at_least=64)
    bucket_rows: int = setting(at_least=1)
    bucket_pairs: int = setting(at_least=1)
    training_pairs: int = setting(at_least=1)
    term_frequency_population: str = setting(one_of=POPULATIONS)
    seed: int = setting(at_least=0)
    model: str = setting(is_empty_allowed=True)
    largest_drift: float = setting(at_least=0, at_most=1)

    def contradictions(self) -> Iterator[str]:
        """A pair cannot be accepted that was never kept for review."""
        if self.review_bits > self.accept_bits:
            yield (
                f"review_bits is {self.review_bits}, accept_bits is {self.accept_bits}; "
                "review_bits must not be above accept_bits"
            )


@dataclass(frozen=True, kw_only=True)
class DetachSettings(Settings):
    """Draws of links, by which ``analyse`` tells what linkage error does to its answers."""

    link_draws: int = setting(at_least=2, at_most=1000)
    seed: int = setting(at_least=0)


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
