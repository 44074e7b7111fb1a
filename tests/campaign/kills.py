"""G1, G2 and G15: a driver is killed again and again, and started again after each time.

One chain: a command (``victim.py``) is killed at one point after another, each start being both the
victim of the next kill and the one that goes on after the last. Here the command is a small road of
two stages, on Delta, by the system's own runner; the linkers' road: ``road_kills.py``. Looked at:

- G1: after a kill nothing on the disk names what is not whole; at the end each table has the rows
  and content it must have, once, and the run is published;
- G2: what was finished when the kill came is not touched by the next start;
- G15: after every start that ends well each file is 0600 and each folder 0700, nothing temporary
  is left, no lock, no scratch frame.
"""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters import delta, fingerprint
from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.manifests import FileRecord
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import Stage
from attainment_linkage.stages import inputs
from tests.campaign.locks import PROJECT, environment
from tests.campaign.tally import Tally
from tests.conftest import INTERPRETED
from tests.small_road import COPY, SPLIT

Point = dict[str, object]
LIMIT_SECONDS = 600
STOPPED = 128 + signal.SIGTERM
SETTINGS = """
[spark]
master = "local[2]"
driver_memory_gib = 1
shuffle_partitions = 2
delta_snapshot_partitions = 1
"""
POINTS: tuple[Point, ...] = (
    {"files": "identifiers/people/*/*.parquet", "count": 1},
    {"files": "identifiers/people/*/_delta_log/*.json", "count": 1},
    {"call": "audit", "of": "answers"},
    {"call": "manifest", "of": "split attributes"},
    {"call": "audit", "of": "copies", "by": "SIGTERM"},
    {"call": "head", "of": "copy identifiers"},
)
"""In a table, at its commit, at an audit, before a manifest and before a head."""


@dataclass
class Chain:
    """A command on one lake, killed and started again: the small road, or the script's words."""

    folder: Path
    words: Sequence[str] = ("small",)
    settings: str = SETTINGS
    zones: Sequence[str] = (tables.IDENTIFIERS, tables.ATTRIBUTES)
    road: Sequence[Stage] = (SPLIT, COPY)
    killed: list[tuple[str, str]] = field(default_factory=list)
    missed: int = 0

    @property
    def lake_folder(self) -> Path:
        return self.folder / "lake"

    @property
    def lake(self) -> Lake:
        return Lake.open(load("local", lake_override(self.lake_folder)).lake, self.zones)

    def start(self, point: Point) -> int:
        """Start the command with a point to be killed at; its exit code."""
        self.folder.mkdir(exist_ok=True)
        settings = self.folder / "settings.toml"
        settings.write_text(self.settings)
        words = [*self.words, "--config", str(settings), "--lake", str(self.lake_folder)]
        home = str(home_of(self.folder, is_quick=True))
        with (self.folder / "output").open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.campaign.victim", json.dumps(point), *words],
                env=environment() | {"ATTAINMENT_LINKAGE_HOME": home},
                cwd=self.folder, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
            try:
                return process.wait(timeout=LIMIT_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return process.wait() - 1000

    def go(
        self, points: Sequence[Point], economy: Tally, hygiene: Tally, *, is_last: bool = True
    ) -> None:
        """Kill at every point in turn, then let it end; what is wrong after each kill is kept.

        A point that the command ends before is counted as missed. With ``is_last`` false more
        points follow in another call.
        """
        before = finished_files(self.lake, self.road) if self.lake_folder.exists() else {}
        for point in [*points, *([{}] if is_last else [])]:
            name = json.dumps(point) if point else "the last start"
            code = self.start(point)
            now = stamps(self.lake)
            touched = [path for path, stamp in before.items() if now.get(path) != stamp]
            if before:
                named = ", ".join(
                    str(Path(path).relative_to(self.lake_folder)) for path in touched[:3]
                )
                economy.record(name, not touched, f"{len(touched)} finished touched: {named}")
            if code == -signal.SIGKILL:
                self.killed.append((name, "; ".join(wrong(self.lake))))
            elif code == 0 or (code == STOPPED and point.get("by") == "SIGTERM"):
                self.missed += bool(point) and code == 0
                faults = open_or_left(self.lake_folder)
                hygiene.record(name, not faults, "; ".join(faults[:5]))
                if code == STOPPED:
                    self.killed.append((name, "; ".join(wrong(self.lake))))
            else:
                self.killed.append((name, f"the start ended with {code}"))
            before = finished_files(self.lake, self.road)

    def judge(self, expected: dict[str, object], tally: Tally) -> None:
        """Every kill is survived if nothing was wrong after it, and the end is as it must be."""
        found = outcome(self.lake)
        differs = [name for name in expected if found.get(name) != expected[name]]
        end = f"{len(differs)} differ at the end: {', '.join(differs[:3])}" if differs else ""
        for name, said in self.killed:
            why = "; ".join(filter(None, (said, end)))
            tally.record(name, not why, why)
        tally.judge("as many things as in an undisturbed run", len(found), len(expected))


QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC "
"""For tiny tables: to compile each query costs more than it saves."""


def home_of(folder: Path, *, is_quick: bool = False) -> Path:
    """Configuration and gates of the project, with a driver of 1 GiB; soon started where asked."""
    home = folder / "home"
    if not home.exists():
        home.mkdir()
        (home / "expectations").symlink_to(PROJECT / "expectations")
        (home / "conf").mkdir()
        for path in (PROJECT / "conf").iterdir():
            if path.name != "spark-defaults.conf":
                (home / "conf" / path.name).symlink_to(path)
        text = (PROJECT / "conf" / "spark-defaults.conf").read_text("utf-8")
        text = re.sub(r"(?m)^(spark\.driver\.memory +)4g$", r"\g<1>1g", text)
        if is_quick:
            text = re.sub(r"(?m)^(spark\.driver\.extraJavaOptions +)", rf"\g<1>{QUICK}", text)
            text += "".join(f"{name} {value}\n" for name, value in INTERPRETED.items())
        (home / "conf" / "spark-defaults.conf").write_text(text, "utf-8")
    return home


def attack(spark: SparkSession, folder: Path, points: Sequence[Point]) -> list[Tally]:
    """One chain of kills; what G1, G2 and G15 say of it."""
    tally = Tally("G1", "drivers killed")
    economy = Tally("G2", "what was finished when a driver was killed is not touched again")
    hygiene = Tally("G15", "rights of all files, nothing temporary left after an end or a kill")
    chain = Chain(folder)
    chain.go(points, economy, hygiene)
    found = outcome(chain.lake)
    whole = delta.content(spark.range(20).selectExpr("cast(id as string) id"))
    names = [name for name in found if name.split()[0] in {"people", "answers", "copies"}]
    chain.judge(found | dict.fromkeys(names, (20, whole.hash)), tally)
    tally.judge("tables there", len(names), 3)
    tally.judge(
        "points at which it was killed", (len(chain.killed), chain.missed), (len(points), 0)
    )
    tally.record("a run is published", chain.lake.published_run() is not None)
    return [tally, economy, hygiene]


# ------------------------------------------------------------------- what lies in a lake
def manifests(lake: Lake) -> Iterator[tuple[str, Path]]:
    """The manifests that lie in the open roots, whole or not."""
    for zone in lake.zones:
        for path in sorted((lake.root(zone) / "_manifests").glob("*.json")):
            yield zone, path


def wrong(lake: Lake) -> list[str]:
    """What names something that is not whole: manifests, heads, pointers."""
    found = []
    for zone, path in manifests(lake):
        stage, _, key = path.stem.rpartition("-")
        manifest = lake.manifest(zone, stage, key)
        if manifest is None:
            found.append(f"the manifest {path.name} is not whole")
            continue
        for record in manifest.tables:
            if not list((lake.root(zone) / record.path / "_delta_log").glob("*.json")):
                found.append(f"{record.name} has a manifest and no commit")
    for zone in lake.zones:
        for path in (lake.root(zone) / "_heads").glob("*.json"):
            key = lake.head(zone, path.stem)
            if key is None or lake.manifest(zone, path.stem, key) is None:
                found.append(f"the head of {path.stem} names no manifest")
        for line in (lake.current(zone) or {"tables": {}})["tables"].values():
            if not (lake.root(zone) / line["path"]).is_dir():
                found.append("a pointer names no table")
    return found


def finished_files(lake: Lake, road: Sequence[Stage]) -> dict[str, tuple[int, int]]:
    """The manifests and table files of every stage that is finished in all its roots."""
    homes: dict[str, set[str]] = {}
    for zone, path in manifests(lake):
        homes.setdefault(path.stem, set()).add(zone)
    by_name = {stage.name: set(inputs.home_zones(stage)) for stage in road}
    made = [(stem.rpartition("-"), zones) for stem, zones in homes.items()]
    keys = {key for (stage, _, key), zones in made if zones == by_name[stage]}
    return {
        path: stamp
        for path, stamp in stamps(lake).items()
        if any(f"-{key}.json" in path or f"/{key}/" in path for key in keys)
    }


def stamps(lake: Lake) -> dict[str, tuple[int, int]]:
    """Size and time of every manifest and table file."""
    found = {}
    for zone in lake.zones:
        for path in lake.root(zone).rglob("*"):
            if path.is_file() and not path.is_relative_to(lake.root(zone) / "_heads"):
                status = path.stat()
                found[str(path)] = (status.st_size, status.st_mtime_ns)
    return found


def outcome(lake: Lake) -> dict[str, object]:
    """All that a run left: rows and content of each table, hashes of files, heads, runs."""
    found: dict[str, object] = {}
    for zone, path in manifests(lake):
        stage, _, key = path.stem.rpartition("-")
        manifest = lake.manifest(zone, stage, key)
        if manifest is not None:
            found |= {f"{one.name} {key}": (one.rows, one.content_hash) for one in manifest.tables}
            found |= {f"{Path(one.path).name} {key}": _content(one) for one in manifest.files}
        found[f"head of {stage} in {zone}"] = lake.head(zone, stage)
    for zone in lake.zones:
        found[f"published in {zone}"] = (lake.current(zone) or {}).get("run_id")
    return found


def _content(file: FileRecord) -> str:
    """The hash of a file or folder; of Parquet that of its rows: its bytes are the JVM's whim."""
    folder = Path(file.path)
    return fingerprint.of_rows(folder) if any(folder.rglob("*.parquet")) else file.sha256


def open_or_left(lake: Path) -> list[str]:
    """Files and folders open to others, and what a finished run must not leave."""
    found = []
    for path in lake.rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) != wanted:
            found.append(f"{path.relative_to(lake)} is {stat.S_IMODE(path.stat().st_mode):o}")
    for pattern in ("temporary/*", "*/_scratch/*", "*/_LOCK", "**/.*.json.[0-9]*", "**/.*.tmp*"):
        found += [f"{path.relative_to(lake)} is left" for path in lake.glob(pattern)]
    return found
