"""Gates: Great Expectations stands at every table, between its writing and its publishing.

The suite of a table is ``expectations/<table>.json``: expectations with their arguments,
severity (critical stops the run, warning is reported) and the reason for each in ``meta``.
A gate that did not run as its file declares is broken, not passed. Results are counts; no
value of a row is asked for, kept or shown.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from attainment_linkage.adapters.faults import is_disk_full, named, safe_name
from attainment_linkage.adapters.project import expectations_folder
from attainment_linkage.domain.errors import GateBrokenError, GateFailedError
from attainment_linkage.domain.tables import Table

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

CRITICAL = "critical"
WARNING = "warning"
_COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
_COUNTED = ("element_count", "unexpected_count")
_REPLANNED = "spark.sql.adaptive.enabled"
_STARTING = threading.Lock()


@dataclass(frozen=True)
class Expectation:
    """What one expectation of a gate found: counts, never values."""

    type: str
    column: str
    severity: str
    is_met: bool
    element_count: int | None
    unexpected_count: int | None

    @property
    def said(self) -> str:
        """The expectation in a line, for a message or the run's report."""
        counted = ""
        if self.unexpected_count is not None:
            counted = f": {self.unexpected_count} of {self.element_count} rows"
        return f"{self.type} ({self.column}){counted}"


@dataclass(frozen=True)
class GateResult:
    """The result of one gate; ``seconds`` is what it cost."""

    table: str
    expectations: tuple[Expectation, ...]
    seconds: float

    @property
    def warnings(self) -> tuple[Expectation, ...]:
        """Expectations not met that do not stop the run."""
        return tuple(one for one in self.expectations if not one.is_met)


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


def suite_of(name: str) -> dict[str, Any]:
    """The suite of a table as its file declares it.

    Raises:
        GateBrokenError: there is no file, or it is not a suite.
    """
    path = expectations_folder() / f"{name}.json"
    try:
        suite = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise GateBrokenError(
            f"gate {name}: there is no file expectations/{name}.json. Every table has a gate."
        ) from None
    except ValueError:
        raise GateBrokenError(f"gate {name}: expectations/{name}.json is not JSON.") from None
    _require_form(suite, name)
    return dict(suite)


def _require_form(suite: Any, name: str) -> None:
    declared = suite.get("expectations") if isinstance(suite, dict) else None
    if not isinstance(declared, list) or not declared or suite.get("name") != name:
        raise GateBrokenError(
            f"gate {name}: expectations/{name}.json is not a suite named {name} with expectations."
        )
    for place, one in enumerate(declared, start=1):
        is_whole = (
            isinstance(one, dict)
            and {"type", "kwargs", "severity", "meta"} == one.keys()
            and one["severity"] in (CRITICAL, WARNING)
            and bool(one["meta"].get("reason"))
        )
        if not is_whole:
            raise GateBrokenError(
                f"gate {name}: expectation {place} of expectations/{name}.json needs type, kwargs, "
                "severity (critical or warning) and meta with a reason."
            )


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


def suite_path(name: str) -> Path:
    """Where the suite of a table lies."""
    return expectations_folder() / f"{name}.json"
