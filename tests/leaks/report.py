"""Report: what a scan found, sink by sink, and the positive control that shows it can find."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.leaks.canaries import people
from tests.leaks.road import KEY, Place, watch
from tests.leaks.scan import Hit, Patterns, scan_files, scan_processes

MAY_HOLD_PEOPLE = (
    "landing: tables",
    "landing: faults",
    "identifiers: tables",
    "identifiers: faults",
)
"""The sinks whose rights are those of the names themselves; every other one must be clean."""
MUST_BE_THERE = (
    "output", "event-log", "processes", "audit", "reports",
    "research: tables", "research: footers", "research: _delta_log", "research: .crc",
    "research: manifests and gate results",
    "research: dictionaries", "research: extracts", "research: staging", "research: outputs",
    "research: release", "out",
    "attributes: tables", "attributes: footers",
    "attributes: _delta_log", "attributes: .crc", "attributes: manifests and gate results",
    "identifiers: footers", "identifiers: _delta_log", "identifiers: .crc",
    "identifiers: manifests and gate results", "landing: tables", "identifiers: tables",
)  # fmt: skip
"""Sinks that a whole road fills: a scan that did not see them has shown nothing."""


@dataclass
class Scan:
    """What was found in a place: hits, files of each sink, canaries of all."""

    hits: list[Hit]
    counted: dict[str, int]
    canaries: int

    @property
    def leaks(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.sink not in MAY_HOLD_PEOPLE]

    @property
    def planted(self) -> set[str]:
        """Canaries that lie where they may: a road that lost them has shown nothing."""
        return {hit.canary for hit in self.hits if hit.sink in MAY_HOLD_PEOPLE}

    def lines(self) -> Iterator[str]:
        for sink in sorted(self.counted):
            hits = [hit for hit in self.hits if hit.sink == sink]
            said = "may hold people" if sink in MAY_HOLD_PEOPLE else "must be clean"
            yield f"{sink:<42} {self.counted[sink]:>6} files  {len(hits):>6} hits  {said}"
        for hit in self.leaks[:40]:
            # the canary's name, never its value: this line is itself read by others
            yield f"LEAK {hit.sink}: {hit.canary} as {hit.form} in {hit.place}"

    @property
    def last_line(self) -> str:
        return (
            f"leak scan: {self.canaries} canaries, {len(self.counted)} sinks, "
            f"{len(self.leaks)} hits outside landing and identifiers"
        )


def scan(root: Path, seen: dict[str, bytes]) -> Scan:
    """Scan all files below a root, and what processes showed."""
    patterns = Patterns(KEY)
    hits, counted = scan_files(root, patterns)
    counted["processes"] = len(seen)
    return Scan(hits + scan_processes(seen, patterns), counted, len(patterns.named))


# ---------------------------------------------------------------------- positive control
def plant_in_each_sink(root: Path) -> dict[str, str]:
    """Put one canary, each in another form, into each kind of sink; sink -> canary."""
    who = people()
    lake = root / "lake"
    texts = {
        root / "output" / "00.out": ("forename 1", who[1].forename),
        root / "event-log" / "events": ("surname 2", who[2].surname.upper()),
        root / "system-temporary" / "part.gz": ("key", base64.b64encode(b"x" + KEY).decode()),
        root / "working-folder" / "core": ("upn 3", who[3].upn.encode().hex()),
        lake / "temporary" / "run-h-1-1" / "spill": (
            "postcode 4", who[4].postcode.replace(" ", ""),
        ),
        lake / "reports" / "run.html": ("date 5", "{2:02d}/{1:02d}/{0}".format(*who[5].birth)),
        lake / "audit" / "log.jsonl": ("key", KEY.hex()),
        lake / "attributes" / "t" / "k" / "_delta_log" / "0.json": (
            "surname 6", hashlib.sha256(who[6].surname.encode()).hexdigest(),
        ),
        lake / "attributes" / "t" / "k" / "_delta_log" / ".0.crc": (
            "forename 7", hashlib.md5(who[7].forename.upper().encode()).hexdigest(),
        ),
        lake / "research" / "_manifests" / "m.json": (
            "upn 8", hashlib.sha1(who[8].upn.encode()).hexdigest().upper(),
        ),
        lake / "research" / "extracts" / "P" / "v1" / "k.csv": ("surname 15", who[15].surname),
        lake / "research" / "staging" / "P" / "001" / "stdout.txt": ("upn 16", who[16].upn),
        lake / "research" / "release" / "packages" / "p" / "form.md": ("date 17", who[17].date),
        lake / "out" / "p" / "brief.md": ("postcode 18", who[18].postcode),
        lake / "truth" / "t": ("surname 9", who[9].surname.encode("utf-16-le").decode("latin-1")),
    }  # fmt: skip
    for path, (_, text) in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"before " + text.encode("latin-1") + b" after")
    values = {
        lake / "attributes" / "t" / "k" / "part": (who[10].date, False),
        lake / "research" / "t" / "k" / "part": (who[11].postcode, False),
        lake / "identifiers" / "t" / "k" / "part": (who[12].surname, True),
    }
    for path, (value, has_statistics) in values.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn = pa.table({"column": [value] * 3})
        pq.write_table(drawn, path, compression="zstd", write_statistics=has_statistics)
    return {
        "output": "forename 1", "event-log": "surname 2", "system-temporary": "key",
        "working-folder": "upn 3", "temporary": "postcode 4", "reports": "date 5",
        "audit": "key", "attributes: _delta_log": "surname 6", "attributes: .crc": "forename 7",
        "research: manifests and gate results": "upn 8", "truth": "surname 9",
        "research: extracts": "surname 15", "research: staging": "upn 16",
        "research: release": "date 17", "out": "postcode 18",
        "attributes: tables": "date 10", "research: tables": "postcode 11",
        "identifiers: footers": "surname 12",
    }  # fmt: skip


def show_in_a_process(seen: dict[str, bytes]) -> dict[str, str]:
    """Let a process have one canary in its command line and one in its environment."""
    who, ended = people(), threading.Event()
    words = [sys.executable, "-c", "import time; time.sleep(60)", who[13].forename]
    environment = {**os.environ, "PEPPER": KEY.hex()}
    process = subprocess.Popen(words, env=environment, start_new_session=True)
    watcher = threading.Thread(target=watch, args=(process.pid, seen, ended))
    watcher.start()
    until = time.monotonic() + 30
    while len(seen) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    ended.set()
    watcher.join()
    process.kill()
    process.wait()
    return {"processes (command line)": "forename 13", "processes (environment)": "key"}


def found_of_planted(folder: Path) -> tuple[int, int]:
    """The positive control: planted and found, each in its own sink."""
    place = Place(folder / "control", folder, folder)
    planted = plant_in_each_sink(place.root)
    shown = show_in_a_process(place.seen)
    found = {(hit.sink, hit.canary) for hit in scan(place.root, place.seen).hits}
    expected = list(planted.items())
    expected += [("processes", canary) for canary in shown.values()]
    return len(expected), sum(one in found for one in expected)
