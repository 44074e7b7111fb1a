"""Fingerprint: hashes of what a stage depends on: its files, this package's code, its gates.

Hashes of delivered files are kept in a document of the landing root with each file's size
and time stamp, so that an unchanged delivery is not read again at every start.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.resources
import io
import os
import stat
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path

from attainment_linkage.adapters import documents
from attainment_linkage.adapters.manifests import FileRecord
from attainment_linkage.adapters.project import conf_folder, expectations_folder
from attainment_linkage.core.stage_key import digest
from attainment_linkage.domain.errors import InputMissingError, InputUnreadableError

PINNED = (
    "pyspark",
    "delta_spark",
    "splink",
    "duckdb",
    "pyarrow",
    "pandas",
    "numpy",
    "scipy",
    "great_expectations",
    "jellyfish",
    "python-stdnum",
)
"""The libraries whose version can change what a stage writes."""


@cache
def code_hash() -> str:
    """The sha256 of all Python files of this package, by their place in it.

    The same in a folder and in the archive that ``spark-submit --py-files`` takes.
    """
    return digest(dict(code_of(importlib.resources.files("attainment_linkage"))))


def code_of(folder: Traversable, place: str = "") -> Iterator[tuple[str, str]]:
    """The Python files under a folder, of a disk or an archive: each place and its sha256."""
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from code_of(entry, f"{place}{entry.name}/")
        elif entry.name.endswith(".py"):
            yield f"{place}{entry.name}", hashlib.sha256(entry.read_bytes()).hexdigest()


def gates_hash(names: Iterable[str]) -> str:
    """The sha256 of the suites of these tables; one that is not there counts as empty."""
    folder = expectations_folder()
    suites = {name: folder / f"{name}.json" for name in names}
    return digest({name: sha256(path) for name, path in suites.items() if path.is_file()})


def of_conf(name: str) -> str:
    """The sha256 of a file of ``conf/``."""
    return sha256(conf_folder() / name)


@cache
def pinned_versions() -> dict[str, str]:
    """The installed version of each pinned library that is installed."""
    return {name: version for name in PINNED if (version := _version(name))}


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def sha256(path: Path) -> str:
    """The sha256 of one file, as 64 hex characters."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def data_files(path: Path) -> list[Path]:
    """The file itself, or the data files of a folder in the order of their names.

    Files whose name starts with a dot or underscore (markers, checksums) are not data.
    """
    if not path.is_dir():
        return [path]
    inside = (one for one in path.rglob("*") if one.is_file())
    return sorted(one for one in inside if not _is_hidden(one.relative_to(path)))


def of_path(path: Path, cache_file: Path | None = None) -> FileRecord:
    """The record of a file or folder: files, bytes, and one sha256 over their contents in order.

    Names are not part of it: Spark gives its part files a new name at every writing.
    """
    known = (documents.read(cache_file) if cache_file else None) or {}
    fresh: dict[str, str] = {}
    size = 0
    for file in data_files(path):
        stat = file.stat()
        stamp = f"{file} {stat.st_size} {stat.st_mtime_ns}"
        fresh[stamp] = known.get(stamp) or sha256(file)
        size += stat.st_size
    if cache_file and not fresh.keys() <= known.keys():
        present = {stamp: sha for stamp, sha in known.items() if _still_there(stamp)}
        documents.replace(cache_file, {**present, **fresh})
    return FileRecord(os.fspath(path), len(fresh), size, digest(list(fresh.values())))


def of_rows(path: Path) -> str:
    """One sha256 over the rows of the Parquet files of a folder, in order.

    Of what this system wrote itself, and may write again: the footer of a file that Spark writes
    lists encodings in an order that each JVM draws anew, so that equal rows differ in bytes.

    Raises:
        InputUnreadableError: a file is not Parquet, or is cut short.
    """
    import pyarrow as pa  # slow to import, and every command imports this module
    from pyarrow import csv, parquet

    rows = hashlib.sha256()
    for file in data_files(path):
        text = io.BytesIO()
        try:
            csv.write_csv(parquet.read_table(file), text)
        except (pa.ArrowInvalid, OSError) as broken:
            raise InputUnreadableError(
                f"inputs: {file.name} in {path} cannot be read as Parquet; found "
                f"{file.stat().st_size:,} bytes. Run the stage that made it again."
            ) from broken
        rows.update(text.getbuffer())
    return rows.hexdigest()


def of_delivery(source: str, path: Path, cache_file: Path) -> str:
    """The sha256 of a delivered file or folder.

    Raises:
        InputMissingError: there is nothing at its path.
        InputUnreadableError: it cannot be read by this user.
    """
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            os.listdir(path)  # one that may not be listed would look empty
        elif not path.is_file():
            raise InputUnreadableError(
                f"ingest: {path} of {source} is neither a file nor a folder. Deliver a file, or "
                f"set ingest.{source}.path to where it lies."
            )
        is_there = bool(data_files(path))
        if is_there:
            return of_path(path, cache_file).sha256
    except (FileNotFoundError, NotADirectoryError):
        is_there = False
    except OSError as refused:
        raise InputUnreadableError(
            f"ingest: the file of {source} cannot be read: {refused.strerror}; it is "
            f"{refused.filename}. Give this user the right to read it."
        ) from None
    raise InputMissingError(
        f"ingest: the file of {source} is not there; looked for {path}. Deliver it, or set "
        f"ingest.{source}.path to where it lies."
    )


def _is_hidden(path: Path) -> bool:
    return any(part[0] in "._" for part in path.parts)


def _still_there(stamp: str) -> bool:
    return Path(stamp.rsplit(" ", 2)[0]).exists()
