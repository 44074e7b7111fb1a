"""Pre-flight of a CSV file: one streaming pass over its bytes.

Errors name the file, its columns and counts, and byte offsets; never the text itself.
"""

from __future__ import annotations

import csv
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

from attainment_linkage.adapters.byte_streams import (
    GZIP_MAGIC,
    TextForm,
    UndecodableError,
    text_chunks,
)
from attainment_linkage.adapters.deliveries import (
    Delivery,
    FileFacts,
    first_bytes,
    refuse_columns,
    unreadable,
)
from attainment_linkage.core.csv_records import LONGEST_RECORD_BYTES, RecordScanner
from attainment_linkage.domain.errors import (
    InputColumnsError,
    InputEncodingError,
    InputUnreadableError,
)

BOM = b"\xef\xbb\xbf"
_CONTROL = bytes(code for code in (*range(32), 127) if code not in (9, 10, 13))
_OTHER_KINDS = {
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "a zip archive or a workbook",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"\xd0\xcf\x11\xe0": "an old workbook",
}
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_MOST_BROKEN, _FEW_ROWS = 0.5, 1000
"""Above this share of broken rows, where they are not few, a file is not as stated."""


def inspect_csv(delivery: Delivery, path: Path) -> FileFacts:
    """Read one CSV file once and say what is in it.

    Raises: InputUnreadableError, InputEmptyError, InputEncodingError, InputColumnsError.
    """
    _refuse_unknown_encoding(delivery)
    head = first_bytes(delivery, path)
    for magic, kind in _OTHER_KINDS.items():
        if head.startswith(magic):
            raise unreadable(delivery, path, f"is {kind}, not CSV")
    form = TextForm(delivery.encoding, is_gzip=head.startswith(GZIP_MAGIC))
    if form.is_gzip != (delivery.compression == "gzip"):
        kind = "gzip" if form.is_gzip else "not gzip"
        raise unreadable(delivery, path, f"is {kind}; compression is {delivery.compression}")
    digest = hashlib.sha256()
    try:
        return _scan(delivery, path, form, digest)
    except UndecodableError as error:
        hint = " It begins with a UTF-16 mark." if head[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        raise InputEncodingError(
            f"ingest: {delivery.source.name}: {path.name} is not {delivery.encoding}: byte "
            f"{error.offset}, in line {error.line}, cannot be decoded.{hint} State its "
            "encoding in conf/<env>.toml, ingest, or deliver it again."
        ) from None
    except (EOFError, zlib.error) as error:
        finding = "ends early" if isinstance(error, EOFError) else "is damaged"
        raise unreadable(delivery, path, f"is gzip and {finding}") from None
    except OSError as error:
        raise unreadable(delivery, path, f"cannot be read ({error.strerror})") from None


def _refuse_unknown_encoding(delivery: Delivery) -> None:
    try:
        "a".encode(delivery.encoding)  # knows codecs of text only
    except (LookupError, ValueError):
        raise InputEncodingError(
            f"ingest: {delivery.source.name}: there is no encoding {delivery.encoding}. State "
            "one that Python knows, such as utf-8 or cp1252, in conf/<env>.toml, ingest."
        ) from None


def _scan(delivery: Delivery, path: Path, form: TextForm, digest: hashlib._Hash) -> FileFacts:
    """One pass: header, then records; the digest and the counts on the way."""
    chunks = text_chunks(path, form, digest)
    line, start, rest = _first_line(delivery, path, chunks)
    header = _header(delivery, path, line.decode(form.stream_encoding))
    scanner = RecordScanner(delivery.delimiter, len(header), start)
    control_bytes = 0
    while True:
        control_bytes += len(rest) - len(rest.translate(None, _CONTROL))
        scanner.feed(rest)
        if scanner.broken_count > max(_FEW_ROWS, _MOST_BROKEN * scanner.row_count):
            raise _not_csv(delivery, path, scanner)
        following = next(chunks, None)
        if following is None:
            break
        rest = following
    pieces = scanner.close()
    if scanner.row_count and scanner.broken_count == scanner.row_count:
        raise _not_csv(delivery, path, scanner)
    return FileFacts(
        path,
        path.stat().st_size,
        digest.hexdigest(),
        scanner.row_count,
        header,
        form,
        pieces,
        scanner.broken_count,
        scanner.blank_lines,
        control_bytes,
    )


def _not_csv(delivery: Delivery, path: Path, scanner: RecordScanner) -> InputUnreadableError:
    return unreadable(
        delivery,
        path,
        f"is no CSV of {scanner.field_count} fields: {scanner.broken_count} of its first "
        f"{scanner.row_count} rows are broken",
    )


def _first_line(
    delivery: Delivery, path: Path, chunks: Iterator[bytes]
) -> tuple[bytes, int, bytes]:
    """The header line, the offset of the byte after it, and what was read beyond it."""
    data = b""
    for chunk in chunks:
        data += chunk
        if b"\n" in data or len(data) > LONGEST_RECORD_BYTES:
            break
    end = data.find(b"\n") + 1
    if not end and len(data) > LONGEST_RECORD_BYTES:
        raise unreadable(delivery, path, "has no line end in its first MiB")
    end = end or len(data)
    line = data[:end].rstrip(b"\r\n")
    if line.startswith("\ufeff".encode()):
        line = line[len(BOM) :]
    return line, end, data[end:]


def _header(delivery: Delivery, path: Path, line: str) -> tuple[str, ...]:
    """The column names of the first line, exactly the declared ones in any order."""
    where = f"ingest: {delivery.source.name}: {path.name}"
    declared = delivery.source.names
    names = _split(line, delivery.delimiter)
    for delimiter, word in _DELIMITERS.items():
        if delimiter != delivery.delimiter and set(declared) <= set(_split(line, delimiter)):
            raise InputColumnsError(
                f"{where} is separated by {word}, not by "
                f"{_DELIMITERS.get(delivery.delimiter, 'the stated delimiter')}. Correct "
                "delimiter in conf/<env>.toml, ingest."
            )
    refuse_columns(where, names, declared)
    return tuple(names)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []
