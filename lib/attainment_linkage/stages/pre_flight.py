"""Pre-flight: every delivered file is looked at in plain Python, before Spark starts."""

from __future__ import annotations

from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.deliveries import Delivery, Inspected
from attainment_linkage.adapters.files import inspect
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import LinkageError
from attainment_linkage.domain.road import INGEST
from attainment_linkage.domain.tables import SOURCES, Source
from attainment_linkage.stages import stage_key
from attainment_linkage.stages.inputs import home_zones


def pre_flight(config: Config, lake: Lake, *, is_forced: bool) -> None:
    """Look at every file of every source, unless what they make is already made.

    Raises: InputError, by its kind, on the record as a failed ingest.
    """
    try:
        key, _ = stage_key.key_of(INGEST, config, lake)
        if is_forced or lake.manifest(home_zones(INGEST)[0], INGEST.name, key) is None:
            inspected(config)
    except LinkageError:
        with AuditLog.of(config).recorded(Deed(INGEST.name, "", FINISHED)):
            raise


def inspected(config: Config) -> list[Inspected]:
    """What is in the files of each source, in the order of the sources."""
    return [inspect(_delivery(config, source)) for source in SOURCES]


def _delivery(config: Config, source: Source) -> Delivery:
    said = config.ingest.delivery(source.name)
    return Delivery(
        source,
        config.delivery_path(source.name),
        said.format,
        said.encoding,
        said.delimiter,
        said.compression,
        said.expected_rows or None,
    )
