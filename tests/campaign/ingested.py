"""G5, on Spark: malformed and changed files taken in by the steps of ingest, as one delivery.

Goal: rows in = rows accepted + rows in quarantine, each of these with the reasons it has by rules
written here a second time; and the accepted rows are, cell by cell, what the plain reader reads.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters.delivered_rows import delivered_rows
from attainment_linkage.adapters.deliveries import Delivery, Inspected
from attainment_linkage.adapters.files import inspect
from attainment_linkage.domain.errors import InputError
from attainment_linkage.domain.tables import Source
from attainment_linkage.steps import ingest
from tests.campaign.drawn_files import SOURCES, Drawn
from tests.campaign.malformed import LINE_FAULTS, broken_rows, odd_files, refused_rows
from tests.campaign.mutations import changed_files, rows_of
from tests.campaign.tally import Tally

Row = Mapping[str, str | None]
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}")
_YEAR = re.compile(r"((?:19|20)[0-9]{2})[/-](?:(?:19|20)?)([0-9]{2})")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")


def attack_cases(
    spark: SparkSession, folder: Path, tally: Tally, sources: Sequence[Source] = SOURCES
) -> None:
    """The malformed files whose rows are judged, by hand-written expectation and by oracle."""
    for drawn in map(Drawn, sources):
        cases = broken_rows(drawn) + refused_rows(drawn) + odd_files(drawn)
        place = folder / f"cases-{drawn.source.name}"
        place.mkdir(parents=True)
        for number, case in enumerate(cases):
            spaced = _renumbered(case.content, number)
            (place / f"{number:03d}.csv").write_bytes(spaced)
        found = take_in(spark, drawn, place, f"cases of {drawn.source.name}", tally)
        for number, case in enumerate(cases):
            reasons = Counter(code for codes in found[f"{number:03d}.csv"] for code in codes)
            name = f"{drawn.source.name}: {case.name}"
            tally.judge(f"{name}, reasons", dict(reasons), dict(case.reasons))


def _renumbered(content: bytes, number: int) -> bytes:
    """The same file with pupils of its own: what is in one delivery must not repeat."""
    return re.sub(rb"P(\d{4})", rb"P%02d\1" % number, content)


def attack_changes(spark: SparkSession, folder: Path, count: int, tally: Tally) -> None:
    """Changed files that the pre-flight lets through, ``count`` of them, on Spark."""
    places = {
        drawn.source: folder / f"changed-{drawn.source.name}" for drawn in map(Drawn, SOURCES)
    }
    for place in places.values():
        place.mkdir(parents=True)
    kept = 0
    for number, (drawn, data) in enumerate(changed_files(3 * count)):
        path = places[drawn.source] / f"{number:04d}.csv"
        path.write_bytes(data)
        try:
            inspect(Delivery(drawn.source, path))
            kept += 1
        except InputError:
            path.unlink()
        if kept == count:
            break
    for source, place in places.items():
        take_in(spark, Drawn(source), place, f"changed files of {source.name}", tally)
    tally.note(files_on_spark=kept)


def take_in(
    spark: SparkSession, drawn: Drawn, place: Path, name: str, tally: Tally
) -> dict[str, list[list[str]]]:
    """Run the steps of ingest on a folder of files; the reasons of each file's refused rows."""
    inspected = inspect(Delivery(drawn.source, place))
    source = drawn.source
    repeated = ingest.repeated_keys(delivered_rows(spark, inspected), source).persist()
    refused = ingest.refused_rows(delivered_rows(spark, inspected), repeated, source).persist()
    quarantined = {
        (row["source_file"], row["source_row"]): sorted(row["reasons"]) for row in refused.collect()
    }
    halves = []
    for table in (source.identity_table, source.attribute_table):
        half = ingest.accepted_rows(delivered_rows(spark, inspected), refused, table)
        halves.append([row.asDict() for row in half.collect()])
        total = len(halves[-1]) + len(quarantined)
        tally.judge(f"{name}: rows in {table.name} and quarantine", total, inspected.row_count)
    refused.unpersist()
    repeated.unpersist()
    _judge_rows(drawn, inspected, quarantined, halves, name, tally)
    found: dict[str, list[list[str]]] = {file.path.name: [] for file in inspected.files}
    for (file, _), codes in sorted(quarantined.items()):
        found[file].append(codes)
    return found


def _judge_rows(
    drawn: Drawn,
    inspected: Inspected,
    quarantined: dict[tuple[str, int], list[str]],
    halves: list[list[Row]],
    name: str,
    tally: Tally,
) -> None:
    """Each row against the oracle: its reasons, and its cells where it was accepted."""
    accepted: list[Counter[tuple[str | None, ...]]] = [Counter(), Counter()]
    columns = [drawn.source.identity_table.names, drawn.source.attribute_table.names]
    repeat = {"repeated_key"} if drawn.source.key else {"copied_row"}
    keys: Counter[tuple[str | None, ...]] = Counter()
    refused_keys: Counter[tuple[str | None, ...]] = Counter()
    for file in inspected.files:
        for number, row in enumerate(rows_of(file.path.read_bytes(), drawn), start=1):
            found = set(quarantined.get((file.path.name, number), ()))
            own = found - repeat
            expected = reasons_of(row, drawn)
            is_right = own == expected if row is not None else _is_no_row(own)
            tally.record(f"{name}: a row of {file.path.name}", is_right, f"{own} not {expected}")
            if row is None or expected:
                continue
            key = tuple(row[column] for column in drawn.source.key or drawn.source.names)
            keys[key] += 1
            refused_keys[key] += bool(found)
            if not found:
                for counter, names in zip(accepted, columns, strict=True):
                    counter[tuple(row[column] for column in names)] += 1
    wrong = [key for key in keys if refused_keys[key] != keys[key] - 1]
    tally.judge(f"{name}: of rows with one key one stays; keys with more or none", len(wrong), 0)
    for half, names, expected_rows in zip(halves, columns, accepted, strict=True):
        read = Counter(tuple(row[column] for column in names) for row in half)
        tally.judge(f"{name}: rows taken in otherwise", len(read - expected_rows), 0)
        tally.judge(f"{name}: rows not taken in", len(expected_rows - read), 0)


def _is_no_row(codes: set[str]) -> bool:
    """A line that is no row has a fault as a line; control signs in it are said beside that."""
    return bool(codes & LINE_FAULTS) and codes <= LINE_FAULTS | {"unreadable_characters"}


def reasons_of(row: dict[str, str | None] | None, drawn: Drawn) -> set[str]:
    """The reasons to refuse a row, by the rules written once more; years are put in one form."""
    if row is None:
        return set()
    return set(_reasons(row, drawn))


def _reasons(row: dict[str, str | None], drawn: Drawn) -> Iterator[str]:
    for column in drawn.source.columns:
        value = row[column.name]
        if not column.is_required:
            continue
        is_year = column.name == "academic_year"
        if value is None:
            yield f"missing_{column.name}"
        elif not (_YEAR if is_year else _ID).fullmatch(value):
            yield f"malformed_{column.name}"
    if any(_UNREADABLE.search(value) for value in row.values() if value):
        yield "unreadable_characters"
    if all((value or "").endswith(name) for name, value in row.items()):
        yield "header_row"
    year = _YEAR.fullmatch(row.get("academic_year") or "")
    if year:
        row["academic_year"] = f"{year[1]}/{year[2]}"
