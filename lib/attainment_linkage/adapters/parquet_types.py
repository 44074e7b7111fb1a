"""Parquet types: which of them Spark reads, told before it meets the file."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq


def stored_schema(file: pq.ParquetFile) -> pa.Schema:
    """The columns with their types; a time stamp in Spark's and Hive's old form is no nanosecond.

    Arrow shows these (INT96) in nanoseconds, as it does what Spark refuses.
    """
    columns = map(file.schema.column, range(len(file.schema)))
    old = {one.path.split(".")[0] for one in columns if one.physical_type == "INT96"}
    return pa.schema(
        field.with_type(pa.timestamp("us"))
        if field.name in old and pa.types.is_timestamp(field.type)
        else field
        for field in file.schema_arrow
    )


def is_refused_by_spark(kind: pa.DataType) -> bool:
    """Whether Spark reads no column of this type: nanoseconds, times of day, durations."""
    if pa.types.is_nested(kind):
        return any(is_refused_by_spark(kind.field(n).type) for n in range(kind.num_fields))
    is_fine = pa.types.is_timestamp(kind) and kind.unit == "ns"
    return bool(is_fine or pa.types.is_time(kind) or pa.types.is_duration(kind))
