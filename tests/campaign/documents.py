"""G17: manifests, heads and pointers, cut short at every byte and with any bit turned.

Goal: one that is not byte for byte as it was written counts as absent. It is never trusted,
nothing of it is taken over, and nothing but its name is said, on the log only.
"""

from __future__ import annotations

import contextlib
import io
import logging
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.lake import CURRENT, Lake
from attainment_linkage.adapters.manifests import FileRecord, Manifest, TableRecord
from attainment_linkage.domain import tables
from tests.campaign.tally import Tally

GATE = ({"type": "unique", "column": "left_id", "is_met": True, "element_count": 15560},)
RECORD = TableRecord("links", "links/k1", 0, 15560, "c0ffee" * 5, "5c" * 16, 1e-05, 0.5, GATE)
MANIFEST = Manifest(
    "link", "k1", {"standardise": "k0"}, (RECORD,), (FileRecord("raw", 1, 9, "aa"),), {"p": 0.25}
)
LINE = {"name": "links", "path": "links/k1", "version": 0, "rows": 15560, "stage_key": "k1"}


def attack(folder: Path, flips: int) -> Tally:
    """Every truncation, ``flips`` turned bits, and other damages, of each kind of document."""
    tally = Tally("G17", "manifests, heads and pointers damaged")
    lake = Lake.open(load("local", lake_override(folder / "lake")).lake, tables.ZONES)
    lake.write_manifest("identifiers", MANIFEST)
    lake.move_head("identifiers", "link", "k1")
    lake.publish("identifiers", "r1", [LINE])
    root, said = lake.root("identifiers"), io.StringIO()
    documents: dict[Path, Callable[[], object]] = {
        root / "_manifests" / "link-k1.json": lambda: lake.manifest("identifiers", "link", "k1"),
        root / "_heads" / "link.json": lambda: lake.head("identifiers", "link"),
        root / CURRENT: lambda: lake.current("identifiers"),
        root / "_runs" / "r1.json": lambda: lake.run("identifiers", "r1"),
    }
    for path, read in documents.items():
        whole, sound = path.read_bytes(), read()
        tally.record(f"{path.name} as it was written", sound is not None)
        for name, spoiled in _damages(whole, flips // len(documents), path.name):
            path.write_bytes(spoiled)
            with contextlib.redirect_stdout(said), _quiet():
                found = _counts_as_absent(read)
            tally.record(f"{path.name} {name}", *found)
        path.write_bytes(whole)
        tally.judge(f"{path.name} put back", read(), sound)
    tally.judge("nothing on standard output", said.getvalue(), "")
    tally.note(manifest_bytes=(root / "_manifests" / "link-k1.json").stat().st_size)
    return tally


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the warning that each damaged document gives: thousands of the same line."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _counts_as_absent(read: Callable[[], object]) -> tuple[bool, str]:
    try:
        return read() is None, "it was trusted"
    except Exception as error:  # noqa: BLE001  whatever leaves is a fault of the reader
        return False, f"raised {type(error).__name__}"


def _damages(whole: bytes, flips: int, name: str) -> Iterator[tuple[str, bytes]]:
    """Damaged copies: each truncation, turned bits, and what disks and people do."""
    for length in range(len(whole)):
        yield f"cut at byte {length}", whole[:length]
    drawn = random.Random(name)
    for place in sorted(drawn.sample(range(len(whole) * 8), min(flips, len(whole) * 8))):
        spoiled = bytearray(whole)
        spoiled[place // 8] ^= 1 << place % 8
        yield f"bit {place} turned", bytes(spoiled)
    half = len(whole) // 2
    yield "zeros from the middle on", whole[:half] + bytes(len(whole) - half)
    yield "a block of zeros in it", whole[:half] + bytes(16) + whole[half + 16 :]
    yield "zeros after it", whole + bytes(512)
    yield "twice", whole + whole
    yield "a line end after it", whole + b"\n"
    yield "a mark before it", b"\xef\xbb\xbf" + whole
    yield "with Windows line ends", whole.replace(b"\n", b"\r\n")
    yield "written over by a shorter one", b'{"body": {}}' + whole[12:]
    yield "of great depth", b"[" * 100_000
    yield "of a great number", b'{"body": {"n": ' + b"9" * 5000 + b'}, "checksum": ""}'
    yield "not a number", whole.replace(b'"body": {', b'"body": {\n  "a": NaN,', 1)
    yield "with its body twice", whole.replace(b'"body": {', b'"body": {}, "body": {', 1)
