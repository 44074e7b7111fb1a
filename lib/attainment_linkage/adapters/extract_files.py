"""Extract files: one Parquet and one CSV without history, scanned before anybody may have them.

The files are made in a folder beside their place and take it in one step, whole; an extract
in which something identifies is destroyed instead.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from pyspark.sql import DataFrame

from attainment_linkage.adapters import fingerprint
from attainment_linkage.adapters.faults import named
from attainment_linkage.core.projects.anonymity import Anonymity
from attainment_linkage.core.projects.identifying import ColumnScan
from attainment_linkage.domain.errors import ExtractRefusedError
from attainment_linkage.domain.variable import Variable

MANIFEST = "manifest.json"
ANONYMITY = "k_anonymity.csv"


@contextmanager
def made_whole(place: Path) -> Iterator[Path]:
    """A private folder that takes its place at the end, or is deleted where anything fails.

    What lay at the place before goes only then.

    Raises: DiskFullError, LakeUnwritableError.
    """
    unfinished = place.with_name(f".{place.name}.unfinished")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        yield unfinished
        for path in [unfinished, *unfinished.rglob("*")]:
            path.chmod(0o700 if path.is_dir() else 0o600)
        shutil.rmtree(place, ignore_errors=True)
        unfinished.rename(place)
    except OSError as refused:
        raise named(refused, f"extract: {place}") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def write_rows(rows: DataFrame, folder: Path, name: str) -> Path:
    """Write a frame of one partition as ``<name>.parquet``, and the same rows as ``<name>.csv``.

    Grain: rows in the order of the frame; the CSV has a header, UTF-8, nothing for a null.
    """
    parts = folder / ".parts"
    rows.write.parquet(str(parts.absolute()))
    [part] = parts.glob("part-*.parquet")
    parquet = folder / f"{name}.parquet"
    write_plain(part, parquet)
    shutil.rmtree(parts)
    write_csv(parquet)
    return parquet


def write_plain(part: Path, parquet: Path) -> Path:
    """Write a Parquet file anew with its columns alone: nothing of its maker in the footer.

    Every column may be null, so that the schema of an extract follows from its variables; a
    footer without statistics shows no least or greatest value.
    """
    with pq.ParquetFile(part) as file:
        schema = pa.schema([pa.field(one.name, one.type) for one in file.schema_arrow])
        with pq.ParquetWriter(parquet, schema, write_statistics=False) as writer:
            for batch in file.iter_batches():
                writer.write_table(pa.Table.from_batches([batch]).cast(schema))
    return parquet


def write_csv(parquet: Path) -> Path:
    """Write the rows of a Parquet file as a CSV beside it: a header, UTF-8, in their order."""
    path = parquet.with_suffix(".csv")
    with pq.ParquetFile(parquet) as file:
        options = pacsv.WriteOptions(quoting_style="needed")
        with pacsv.CSVWriter(path, file.schema_arrow, write_options=options) as writer:
            for batch in file.iter_batches():
                writer.write_batch(batch)
    return path


def require_nobody(parquet: Path, plan: Sequence[Variable]) -> None:
    """Read an extract back as it was written; refuse it where anything in it could identify.

    Raises:
        ExtractRefusedError: names the columns, what they hold, and how much; never a value.
    """
    declared = {variable.name: variable for variable in plan}
    with pq.ParquetFile(parquet) as file:
        scans = {name: ColumnScan(name, declared.get(name)) for name in file.schema_arrow.names}
        for batch in file.iter_batches():
            for name, values in zip(batch.schema.names, batch.columns, strict=True):
                scans[name].take(_texts(values))
    found = [line for scan in scans.values() for line in scan.findings()]
    found += [f"the column {name} is missing" for name in declared if name not in scans]
    if found:
        raise ExtractRefusedError(
            f"extract {parquet.stem}: {'; '.join(found)}. The extract was destroyed. Mend the "
            "table it comes from; what each variable may hold is in the data dictionary."
        )


def missing_shares(parquet: Path) -> dict[str, float]:
    """The share of rows without a value in each column, 0 to 1."""
    nulls: dict[str, int] = {}
    with pq.ParquetFile(parquet) as file:
        rows = file.metadata.num_rows
        for batch in file.iter_batches():
            for name, values in zip(batch.schema.names, batch.columns, strict=True):
                nulls[name] = nulls.get(name, 0) + values.null_count
        return {name: nulls.get(name, 0) / max(rows, 1) for name in file.schema_arrow.names}


def class_sizes(parquet: Path, quasi_identifiers: Sequence[str]) -> dict[int, int]:
    """How many classes of rows with equal quasi-identifiers there are of each size.

    Nulls: a null equals a null, as it does for whoever looks at the extract.
    """
    rows = pq.read_table(parquet, columns=list(quasi_identifiers))
    classes = rows.group_by(list(quasi_identifiers)).aggregate([([], "count_all")])
    return dict(Counter(classes["count_all"].to_pylist()))


def row_count(parquet: Path) -> int:
    """Rows of a Parquet file, from its footer."""
    with pq.ParquetFile(parquet) as file:
        return int(file.metadata.num_rows)


def write_anonymity(report: Anonymity, folder: Path) -> Path:
    """Write the k-anonymity report as CSV: a line per class size, then the whole."""
    path = folder / ANONYMITY
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("rows that agree on " + " ".join(report.quasi_identifiers), "classes",
                         "rows"))  # fmt: skip
        writer.writerows((one.name, one.classes, one.rows) for one in report.bins)
        writer.writerow(("all", report.classes, report.rows))
        writer.writerow(("smallest class", "", report.smallest_class))
    return path


def write_manifest(folder: Path, said: Mapping[str, Any]) -> Path:
    """Write what the extract is, with the size and sha256 of each of its files."""
    files = {
        path.name: {"bytes": path.stat().st_size, "sha256": fingerprint.sha256(path)}
        for path in sorted(folder.iterdir())
    }
    path = folder / MANIFEST
    path.write_text(json.dumps({**said, "files": files}, indent=2) + "\n", encoding="utf-8")
    return path


def read_manifest(folder: Path) -> Mapping[str, Any] | None:
    """The manifest of an extract; None where there is none or it is not whole."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        is_whole = isinstance(found, dict) and isinstance(found["files"], dict)
    except (OSError, ValueError, KeyError):
        return None
    return found if is_whole else None


def _texts(values: pa.Array) -> list[str]:
    """Distinct values as text, without nulls."""
    texts: list[str] = pc.cast(pc.unique(values.drop_null()), pa.string()).to_pylist()
    return texts
