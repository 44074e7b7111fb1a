"""G5, by machine: a sound file, changed at random in every way a transfer or an export changes it.

Goal: it is refused under a code of the closed list, and justly, or each of its rows is read as a
reader reads it that shares no code with the system (``drawn_files.plain_rows``): the same number
of rows, the same ones broken, the same cells. Anything else was read wrongly in silence.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attainment_linkage.adapters import delivered_rows
from attainment_linkage.adapters.deliveries import Delivery, Inspected
from attainment_linkage.adapters.files import inspect
from attainment_linkage.domain.errors import InputError
from tests.campaign.drawn_files import NAME, SOURCES, Drawn, cleaned, plain_rows
from tests.campaign.tally import Tally

ROWS = 20
NASTY = (
    b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\0", b"\x1a", b"\xef\xbb\xbf", b"\xff", b"\xc3",
    b"\xc2\xa0", b"\xe2\x80\xa8", b'",', b'\n"', b"\t", b";", b" ",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change of a file: where, as a share of its length, how long, and what is put there."""

    kind: str
    place: float
    length: int
    put: bytes

    def of(self, data: bytes) -> bytes:
        """The file so changed."""
        at = int(self.place * len(data))
        end = min(at + self.length, len(data))
        before, taken, after = data[:at], data[at:end], data[end:]
        turned = bytes(byte ^ 1 << self.length % 8 for byte in taken[:1])
        return {
            "insert": before + self.put + data[at:],
            "replace": before + self.put + after,
            "delete": before + after,
            "double": before + taken + taken + after,
            "cut": before if at > len(data) // 3 else data,
            "turn": before + turned + data[at + 1 :],
            "move": after[: len(after) // 2] + taken + before + after[len(after) // 2 :]
            if at > 400 else data,
            "quote": data.replace(b"ZEBULON", b'"ZEB, ULON"', self.length),
        }[self.kind]  # fmt: skip


KINDS = ("insert", "replace", "delete", "double", "cut", "turn", "move", "quote")
CHANGES = st.lists(
    st.builds(
        Change,
        st.sampled_from(KINDS),
        st.floats(0, 1),
        st.integers(1, 400),
        st.sampled_from(NASTY),
    ),
    min_size=1,
    max_size=3,
)


def changed_files(count: int) -> Iterator[tuple[Drawn, bytes]]:
    """Sound files, changed; the same ones for the same number."""
    found: list[tuple[Drawn, bytes]] = []

    @settings(
        max_examples=count, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(SOURCES), CHANGES)
    def draw(source, changes):
        drawn = Drawn(source)
        data = drawn.file(*drawn.rows(ROWS, first=1 + ROWS * len(found)))
        for change in changes:
            data = change.of(data)
        found.append((drawn, data))

    draw()
    yield from found[:count]


def attack(folder: Path, count: int, tally: Tally) -> None:
    """Pre-flight and reading, in plain Python, of ``count`` changed files."""
    refused = 0
    for number, (drawn, data) in enumerate(changed_files(count)):
        path = folder / "changed.csv"
        path.write_bytes(data)
        name = f"change {number} of {drawn.source.name}"
        try:
            inspected = inspect(Delivery(drawn.source, path))
        except InputError as error:
            refused += 1
            is_just = is_refused_justly(data, drawn) and NAME not in str(error)
            tally.record(name, is_just, f"{error.code}, and it is a sound file")
        except Exception as error:  # noqa: BLE001  whatever leaves is no error of the closed list
            tally.record(name, False, f"raised {type(error).__name__}")
        else:
            tally.record(name, *_is_read_right(inspected, data, drawn))
    tally.note(changed_files=count, changed_files_refused=refused)


def is_refused_justly(data: bytes, drawn: Drawn) -> bool:
    """Whether a file is not UTF-8, has another header, no row, or hardly a sound one."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    header, rows = _read_plainly(text, drawn)
    sound = [row for row in rows if row is not None]
    return sorted(header) != sorted(drawn.source.names) or not sound


def _read_plainly(text: str, drawn: Drawn) -> tuple[list[str], list[list[str] | None]]:
    first, _, rest = text.partition("\n")
    line = first.rstrip("\r").removeprefix("\ufeff")
    try:
        header = next(csv.reader([line], strict=True), [])
    except csv.Error:
        header = []
    rest = rest if rest.endswith("\n") or not rest else rest + "\n"
    return header, list(plain_rows(rest, len(drawn.source.names)))


def rows_of(data: bytes, drawn: Drawn) -> list[dict[str, str | None] | None]:
    """The rows of a file as the plain reader reads them: cleaned cells by column."""
    header, rows = _read_plainly(data.decode("utf-8"), drawn)
    return [
        None if row is None else dict(zip(header, map(cleaned, row), strict=True)) for row in rows
    ]


def _is_read_right(inspected: Inspected, data: bytes, drawn: Drawn) -> tuple[bool, str]:
    expected = rows_of(data, drawn)
    if inspected.row_count != len(expected):
        return False, f"{inspected.row_count} rows, not {len(expected)}"
    found: list[dict[str, str | None] | None] = [None] * len(expected)
    for row in read(inspected):
        cells = {name: row[name] for name in drawn.source.names}
        found[row["source_row"] - 1] = None if row["source_fault"] else cells
    pairs = zip(found, expected, strict=True)
    wrong = [place for place, pair in enumerate(pairs) if pair[0] != pair[1]]
    return not wrong, f"{len(wrong)} rows read otherwise"


def read(inspected: Inspected) -> Iterator[dict[str, object]]:
    """The rows of a delivery as a task of Spark reads them, without Spark."""
    names = inspected.delivery.source.names
    shares = list(delivered_rows._shares(inspected))
    reader: Callable[..., Iterator[pa.RecordBatch]] = delivered_rows._reader(
        shares, names, inspected.delivery.delimiter
    )
    for batch in reader([pa.record_batch({"id": pa.array(range(len(shares)))})]):
        yield from batch.to_pylist()
