"""Gates: Great Expectations stands at every table, between its writing and its publishing.

The suite of a table is ``expectations/<table>.json``: expectations with their arguments,
severity (critical stops the run, warning is reported) and the reason for each in ``meta``.
A gate that did not run as its file declares is broken, not passed. Results are counts; no
value of a row is asked for, kept or shown.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters.faults import is_disk_full, named, safe_name
from attainment_linkage.adapters.gate_results import Expectation, GateResult
from attainment_linkage.adapters.suites import CRITICAL, suite_of
from attainment_linkage.domain.errors import GateBrokenError, GateFailedError
from attainment_linkage.domain.tables import Table

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

_COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
_COUNTED = ("element_count", "unexpected_count")
_REPLANNED = "spark.sql.adaptive.enabled"
_STARTING = threading.Lock()


def audit(frame: DataFrame, table: Table) -> GateResult:
    """Run the gate of a table on what was written, before anybody may read it.

    Raises:
        GateFailedError: a critical expectation is not met.
        GateBrokenError: the gate could not be run as its file declares.
    """
    started = time.monotonic()
    suite = suite_of(table.name)
    found = _validated(frame, suite, table.name)
    expectations = tuple(_expectation(one, table.name) for one in found)
    result = GateResult(table.name, expectations, time.monotonic() - started)
    failed = [one for one in result.warnings if one.severity == CRITICAL]
    if failed:
        raise GateFailedError(
            f"gate {table.name}: {len(failed)} of {len(expectations)} expectations are not met: "
            f"{'; '.join(one.said for one in failed)}. The table was not published. The reasons "
            f"are in expectations/{table.name}.json."
        )
    return result


def prepare() -> None:
    """Import Great Expectations, which takes seconds: in a thread, while the session starts."""
    with _STARTING, contextlib.suppress(Exception):
        _context()


@cache
def _context() -> Any:
    """One ephemeral context for the process: no files, no telemetry, no log of values."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def _validated(frame: DataFrame, suite: Mapping[str, Any], name: str) -> list[Any]:
    """The results of all expectations, as many as were declared."""
    declared = suite["expectations"]
    with _STARTING:
        context = _context()
    import great_expectations as gx

    try:
        source = context.data_sources.add_or_update_spark("spark", persist=False)
        asset = source.add_dataframe_asset(name)
        batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
        built = gx.ExpectationSuite(name=name, expectations=declared)
        with _planned_once(frame.sparkSession):
            result = batch.validate(built, result_format=_COUNTS_ONLY)
    except Exception as error:  # noqa: BLE001  its message may hold values: only its name leaves
        if is_disk_full(error):
            raise named(error, f"gate {name}") from None
        raise GateBrokenError(
            f"gate {name}: it could not be run ({safe_name(error)}). Check "
            f"expectations/{name}.json against the columns of the table."
        ) from None
    if len(result.results) != len(declared):
        raise GateBrokenError(
            f"gate {name}: {len(result.results)} expectations ran, {len(declared)} are declared. "
            f"A type in expectations/{name}.json is unknown."
        )
    return list(result.results)


@contextlib.contextmanager
def _planned_once(spark: SparkSession) -> Iterator[None]:
    """Queries planned before they start, not again at every shuffle: those of a gate are many
    and give one row each. Of 16.8 CPU seconds of six gates it takes 2.7."""
    before = spark.conf.get(_REPLANNED)
    spark.conf.set(_REPLANNED, "false")
    try:
        yield
    finally:
        spark.conf.set(_REPLANNED, str(before))


def _expectation(found: Any, name: str) -> Expectation:
    config = found.expectation_config
    kwargs = config.kwargs
    column = kwargs.get("column") or ", ".join(
        kwargs.get("column_list") or filter(None, (kwargs.get("column_A"), kwargs.get("column_B")))
    )
    broken = _exception_class(found.exception_info)
    if broken:
        raise GateBrokenError(
            f"gate {name}: {config.type} ({column or 'table'}) raised {broken}. Check "
            f"expectations/{name}.json against the columns of the table."
        )
    counts = {key: found.result.get(key) for key in _COUNTED}
    return Expectation(
        type=config.type,
        column=column or "table",
        severity=str(getattr(config.severity, "value", config.severity)),
        is_met=bool(found.success),
        **counts,
    )


def _exception_class(info: Any) -> str | None:
    """The class of what was raised; GX keeps one record, or one per metric."""
    records = [info] if "raised_exception" in (info or {}) else list((info or {}).values())
    for record in records:
        if isinstance(record, Mapping) and record.get("raised_exception"):
            said = str(record.get("exception_message") or "an exception")
            first = said.split(":", 1)[0].split("(", 1)[0].strip()
            return first if first.isidentifier() else "an exception"
    return None
