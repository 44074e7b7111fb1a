"""G1 over the linkers' road: the console script is killed at points of every stage, and at random.

``points``: where a stage's first table is half written, at its commit, at its audit, before its
manifest and before its head; then before each root's pointer. ``moments``: kills drawn at random
over a run, each start going on where the last was killed; a run that came to its end before its
moment is judged like the others, and the next begins on a new lake. Both are held against a run
that was never disturbed: tables, files and pointers, row for row and hash for hash.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from attainment_linkage.domain import tables
from attainment_linkage.domain.road import MEASURE, ROAD, Stage
from attainment_linkage.stages import inputs
from tests.campaign import kills
from tests.campaign.kills import Chain, Point
from tests.campaign.tally import Tally

WORDS = ("run", "--synthesise")
RECORDS = 200
SETTINGS = f"{kills.SETTINGS}\n[synthesise]\nattainment_records = {RECORDS}\n"
"""The smallest round number of records of which every stage still has rows: 155 links."""
ZONES = (tables.LANDING, tables.IDENTIFIERS, tables.ATTRIBUTES)
LINKERS = tuple(stage for stage in ROAD if stage.is_linkers)


def points_of(stage: Stage) -> list[Point]:
    """The points of one stage: in its first table, at its audit, its manifest and its head."""
    zones = inputs.home_zones(stage)
    ends: list[Point] = [
        {"call": "manifest", "of": f"{stage.name} {zones[-1]}"},
        {"call": "head", "of": f"{stage.name} {zones[0]}"},
    ]
    if not stage.writes:
        made = ("landing/raw/.ks4/**/part-*", "landing/raw/ks4/_SUCCESS")
        return [{"files": pattern, "count": 1} for pattern in made] + ends
    table = f"{stage.writes[0].zone}/{stage.writes[0].name}/*"
    return [
        {"files": f"{table}/*.parquet", "count": 1},
        {"files": f"{table}/_delta_log/*.json", "count": 1},
        {"call": "audit", "of": stage.writes[-1].name},
        *ends,
    ]


def points() -> Iterator[Point]:
    """All points in the order of the road, one of them a SIGTERM; then those of publication."""
    for stage in LINKERS:
        found = points_of(stage)
        if stage is MEASURE:
            found.insert(3, found[2] | {"by": "SIGTERM"})
        yield from found
    for zone in ZONES:
        yield {"call": "publish", "of": zone}


def attack_points(folder: Path, at: list[Point]) -> list[Tally]:
    """One chain of kills of the road; what G1, G2 and G15 say of it."""
    tally, economy, hygiene = tallies()
    _, expected = _undisturbed(folder, tally)
    chain = _chain(folder / "killed")
    chain.go(at, economy, hygiene)
    chain.judge(expected, tally)
    tally.judge("points at which it was killed", (len(chain.killed), chain.missed), (len(at), 0))
    tally.note(points_of_the_road=len(at))
    return [tally, economy, hygiene]


def attack_moments(folder: Path, count: int) -> list[Tally]:
    """So many kills, each within half the seconds of an undisturbed run: a few on each lake."""
    tally, economy, hygiene = tallies()
    seconds, expected = _undisturbed(folder, tally)
    drawn, left = random.Random(20), count
    lakes = 0
    while left > 0:
        chain = _chain(folder / f"killed-{lakes}")
        lakes += 1
        while not chain.missed and len(chain.killed) < left:
            moment = round(drawn.uniform(0, seconds / 2), 1)
            chain.go([{"seconds": moment}], economy, hygiene, is_last=False)
        if not chain.missed:
            chain.go([], economy, hygiene)
        chain.judge(expected, tally)
        left -= len(chain.killed)
        shutil.rmtree(chain.folder)
    tally.note(random_kills=count - left, lakes_of_random_kills=lakes)
    return [tally, economy, hygiene]


def tallies() -> tuple[Tally, Tally, Tally]:
    """Empty tallies of what a chain of kills is judged by."""
    return (
        Tally("G1", "drivers killed"),
        Tally("G2", "what was finished when a driver was killed is not touched again"),
        Tally("G15", "rights of all files, nothing temporary left after an end or a kill"),
    )


def _undisturbed(folder: Path, tally: Tally) -> tuple[float, dict[str, object]]:
    """Seconds and outcome of a run that nobody disturbs; its lake goes."""
    chain = _chain(folder / "undisturbed")
    started = time.monotonic()
    tally.judge("an undisturbed start", chain.start({}), 0)
    seconds, found = time.monotonic() - started, kills.outcome(chain.lake)
    shutil.rmtree(chain.folder)
    tally.note(undisturbed_seconds=round(seconds, 1), things_compared=len(found))
    return seconds, found


def _chain(folder: Path) -> Chain:
    return Chain(folder, WORDS, SETTINGS, ZONES, ROAD)
