"""Pre-flight: every delivered file is read once, in plain Python, before Spark starts.

One streaming pass gives the size, SHA-256, encoding, header and record structure of a
file, and refuses by name what no reader can use. What is wrong with single rows does not
refuse the file: those rows are numbered here and go to quarantine.

Errors name the file, its columns and counts, and byte offsets; never the text itself.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from attainment_linkage.adapters.byte_streams import file_chunks
from attainment_linkage.adapters.csv_files import inspect_csv
from attainment_linkage.adapters.deliveries import (
    CSV,
    Delivery,
    FileFacts,
    Inspected,
    first_bytes,
    refuse_columns,
    unreadable,
)
from attainment_linkage.adapters.parquet_types import is_refused_by_spark, stored_schema
from attainment_linkage.domain.errors import (
    InputColumnsError,
    InputEmptyError,
    InputError,
    InputMissingError,
    InputNotUniqueError,
    InputUnreadableError,
)
from attainment_linkage.domain.tables import Source

_PATTERN_SIGNS = frozenset("{}[]*?\\")


def inspect(delivery: Delivery) -> Inspected:
    """Read every file of a delivery once and say what is in it.

    What was found before in files of the same names, sizes and time stamps is given back as it
    was: the road looks before Spark starts, and again when it takes the rows in.

    Raises: InputMissingError, InputUnreadableError, InputEmptyError, InputEncodingError,
        InputColumnsError, InputNotUniqueError; InputError for another row count than the
        supplier's.
    """
    files = _paths(delivery)
    return _inspect(delivery, tuple((path, *_stamp(delivery, path)) for path in files))


def _stamp(delivery: Delivery, path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError as error:
        raise unreadable(delivery, path, f"cannot be read ({error.strerror})") from None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@lru_cache(maxsize=8)
def _inspect(delivery: Delivery, files: tuple[tuple[Path, *tuple[int, ...]], ...]) -> Inspected:
    look = inspect_csv if delivery.format == CSV else _inspect_parquet
    inspected = Inspected(delivery, tuple(look(delivery, path) for path, *_ in files))
    where = f"ingest: {delivery.source.name}"
    if not inspected.row_count:
        raise InputEmptyError(
            f"{where}: {delivery.path} has a header and no data row. Deliver the file again."
        )
    _refuse_twins(inspected, where)
    _refuse_parts_of_two_types(inspected, where)
    expected = delivery.expected_rows
    if expected is not None and expected != inspected.row_count:
        raise InputError(
            f"{where}: the supplier's count is {expected} rows; {inspected.row_count} were "
            "delivered. Ask for the delivery again, or correct expected_rows."
        )
    return inspected


def refuse_changed(inspected: Inspected) -> None:
    """Read every file of a delivery once more, after its rows were taken in.

    Raises: InputUnreadableError, where one is not what the pre-flight read: what was taken in
        may be of neither.
    """
    for file in inspected.files:
        if _sha256(inspected.delivery, file.path) != file.sha256:
            raise InputUnreadableError(changed(file.path.name))


def changed(name: str) -> str:
    """What is said of a file or source that did not stay as it was."""
    return (
        f"ingest: {name} has changed since it was checked. Leave delivered files alone during a "
        "run, and start again."
    )


def _sha256(delivery: Delivery, path: Path) -> str:
    digest = hashlib.sha256()
    try:
        for _ in file_chunks(path, digest):
            pass
    except OSError as error:
        raise unreadable(delivery, path, f"cannot be read ({error.strerror})") from None
    return digest.hexdigest()


def _paths(delivery: Delivery) -> list[Path]:
    """The file, or the files of the folder without hidden ones, in order of name."""
    path = delivery.path
    where = f"ingest: {delivery.source.name}: {path}"
    if not path.exists():
        raise InputMissingError(f"{where} is not there. Set its path in conf/<env>.toml, ingest.")
    if path.is_file():
        return [path]
    try:
        files = sorted(item for item in path.iterdir() if item.name[0] not in "._")
    except OSError as error:
        raise unreadable(delivery, path, f"cannot be read ({error.strerror})") from None
    if not files:
        raise InputMissingError(f"{where} is a folder without a file. Deliver the files again.")
    folders = [item.name for item in files if not item.is_file()]
    if folders:
        raise unreadable(delivery, path, f"holds what is not a file: {', '.join(folders[:5])}")
    return files


def _refuse_twins(inspected: Inspected, where: str) -> None:
    """Refuse a folder that holds the same rows twice under two names."""
    seen: dict[str, str] = {}
    for file in inspected.files:
        twin = seen.setdefault(file.sha256, file.path.name)
        if twin != file.path.name and file.row_count:
            raise InputNotUniqueError(
                f"{where}: {file.path.name} is the same as {twin}, byte for byte; "
                f"{file.row_count} rows would count twice. Take one of the two away."
            )


def _inspect_parquet(delivery: Delivery, path: Path) -> FileFacts:
    if not first_bytes(delivery, path).startswith(b"PAR1"):
        raise unreadable(delivery, path, "is not a Parquet file")
    try:
        with pq.ParquetFile(path) as file:
            schema, row_count = stored_schema(file), file.metadata.num_rows
    except (pa.ArrowException, OSError):
        raise unreadable(delivery, path, "has no readable Parquet footer") from None
    where = f"ingest: {delivery.source.name}: {path.name}"
    refuse_columns(where, schema.names, delivery.source.names)
    _refuse_types(where, delivery.source, schema)
    _read_pages(delivery, path)
    if set(str(path)) & _PATTERN_SIGNS or path.name[0] in "._":
        raise unreadable(
            delivery, path, "has a name that Spark takes for a pattern or a hidden file"
        )
    digest = _sha256(delivery, path)
    types = tuple(str(_stored(kind)) for kind in schema.types)
    size = path.stat().st_size
    return FileFacts(path, size, digest, row_count, tuple(schema.names), types=types)


def _read_pages(delivery: Delivery, path: Path) -> None:
    """Read every value once, a piece at a time: a footer says nothing of the pages before it."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for _ in file.iter_batches(columns=list(delivery.source.names)):
                pass
    except (pa.ArrowException, OSError):
        raise unreadable(delivery, path, "has pages that cannot be read") from None


def _refuse_types(where: str, source: Source, schema: pa.Schema) -> None:
    """Refuse columns that have no plain text form, and ids that a number could not keep."""
    odd = [field.name for field in schema if not _is_plain(field.type)]
    if odd:
        raise InputColumnsError(
            f"{where}: {', '.join(odd)} is nested, binary, a time of day, or a time stamp in "
            "nanoseconds. Deliver text, numbers, dates or booleans."
        )
    ids = {column.name for column in source.columns if column.is_required}
    floats = [one.name for one in schema if one.name in ids and pa.types.is_floating(one.type)]
    if floats:
        raise InputColumnsError(
            f"{where}: {', '.join(floats)} is a floating point number, which does not keep every "
            "id. Deliver ids as text."
        )


def _refuse_parts_of_two_types(inspected: Inspected, where: str) -> None:
    """Refuse a folder of Parquet files that have one column in two types: Spark reads one."""
    first, *others = (file for file in inspected.files if file.row_count)
    kinds = dict(zip(first.header, first.types, strict=False))
    for file in others:
        own = zip(file.header, file.types, strict=False)  # a CSV file has no types
        differ = [name for name, kind in own if kind != kinds[name]]
        if differ:
            raise InputColumnsError(
                f"{where}: {', '.join(differ)} is of another type in {file.path.name} than in "
                f"{first.path.name}. Deliver all files of a folder with the same types."
            )


def _stored(kind: pa.DataType) -> pa.DataType:
    """The type as it lies in a file: which of its values are dictionaries is Arrow's affair."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.string() if pa.types.is_large_string(kind) else kind


def _is_plain(kind: pa.DataType) -> bool:
    """Whether every value of the type has one plain text form that Spark gives."""
    kind = _stored(kind)
    if is_refused_by_spark(kind):
        return False
    binary = (
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )
    return not (pa.types.is_nested(kind) or binary)
