"""Contract: a step says which columns it needs, and stops by name before any Spark job."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import DataFrame

from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.domain.tables import Table


def require(frame: DataFrame, table: Table, step: str) -> None:
    """Check that the frame has every column of the table.

    Raises: MissingColumnsError naming what is missing and what is there.
    """
    require_columns(frame, table.names, step, table.name)


def require_columns(frame: DataFrame, names: Iterable[str], step: str, what: str) -> None:
    """Check that the frame has the named columns.

    Raises: MissingColumnsError naming what is missing and what is there.
    """
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise MissingColumnsError(
            f"{step}: {what} lacks {', '.join(missing)}; it has {', '.join(frame.columns)}. "
            "Expected columns: domain/tables.py."
        )
