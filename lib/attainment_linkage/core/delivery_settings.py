"""Delivery settings: what is delivered or generated, how it is written, what of it is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from attainment_linkage.core.checked import Settings, setting

_SHORT_RECORDS = 100_000


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

    def contradictions(self) -> Iterator[str]:
        """A delimiter is one sign of ASCII that neither quotes nor ends a line."""
        is_sign = len(self.delimiter) == 1 and self.delimiter.isascii()
        if not is_sign or self.delimiter in '"\r\n':
            yield 'delimiter must be one ASCII character; a tab is "\\t" in double quotes'


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
