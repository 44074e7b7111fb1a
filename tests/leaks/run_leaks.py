"""Leak scan, by hand: the whole road, a failing gate and a killed driver, on planted canaries.

Usage: python -m tests.leaks.run_leaks. It exits with 1 where a canary is found outside landing and
identifiers, where the positive control misses one, or where the road did not run as it should.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.leaks.asked import AFTER_THE_ROAD
from tests.leaks.planting import plant
from tests.leaks.report import MUST_BE_THERE, Scan, found_of_planted, scan
from tests.leaks.road import OWN, PROJECT, Place, break_gate

RECORDS = 600


def main() -> int:
    """Run, scan and say; give back the exit code."""
    with tempfile.TemporaryDirectory(prefix="leak-scan-") as folder:
        planted, found = found_of_planted(Path(folder))
        say(f"positive control: {planted} planted, each in a sink of its own; {found} found")
        place = Place.make(Path(folder), RECORDS)
        is_right = planted == found
        for said, done in (
            ("the whole road", whole_road),
            ("a failing gate", failing_gate),
            ("a driver told to stop", stopped_driver),
            ("a killed driver", killed_driver),
            ("the start after it", start_after),
        ):
            started = time.monotonic()
            went_well = done(place)
            seconds = time.monotonic() - started
            say(
                f"{said}: {'as expected' if went_well else 'NOT as expected'} after {seconds:.0f} s"
            )
            result = scan(place.root, place.seen)
            is_right = is_right and went_well and not result.leaks
            is_right = is_right and is_complete(result)
            for line in result.lines():
                say(f"  {line}")
            say(result.last_line)
    return 0 if is_right else 1


def is_complete(result: Scan) -> bool:
    """Whether the canaries went through, and every sink was there to be looked into."""
    lost = result.canaries - 1 - len(result.planted)  # the key is planted nowhere
    missing = [sink for sink in MUST_BE_THERE if not result.counted.get(sink)]
    if lost or missing:
        say(f"  NOT SHOWN: {lost} canaries lost on the road; no {', '.join(missing) or 'sink'}")
    return not lost and not missing


def whole_road(place: Place) -> bool:
    if place.run("synthesise"):
        return False
    plant(place.lake)
    if place.run("run"):
        return False
    for words, codes in AFTER_THE_ROAD:
        started = time.monotonic()
        got = place.run_in_one(words)[0] if words[0] in OWN else place.run(*words)
        say(f"  {words[0]}: {got} after {time.monotonic() - started:.0f} s")
        if got not in codes:
            return False
    return True


def failing_gate(place: Place) -> bool:
    break_gate(place.beside, "census_people")
    return place.run("run") == 40


def stopped_driver(place: Place) -> bool:
    """SIGTERM in the midst of the linkage of another making."""
    suite = Path("expectations") / "census_people.json"
    (place.beside / suite).write_bytes((PROJECT / suite).read_bytes())
    with place.settings.open("a", encoding="utf-8") as settings:
        settings.write("[link]\naccept_bits = 8.5\n")
    code = place.stopped("run", by=signal.SIGTERM, when=lambda: is_linking(place))
    return code == 128 + signal.SIGTERM and is_clean(place)


def killed_driver(place: Place) -> bool:
    """SIGKILL at the same moment: what it leaves is scanned before anything is swept."""
    code = place.stopped("run", by=signal.SIGKILL, when=lambda: is_linking(place))
    return code == -signal.SIGKILL and not is_clean(place)


def start_after(place: Place) -> bool:
    """The next run sweeps, and goes on where the killed one stopped."""
    return place.run("run") == 0 and is_clean(place)


def is_linking(place: Place) -> bool:
    """Whether the linkage records were written, so that scoring is at work or near."""
    return any((place.lake / "identifiers" / "_scratch").glob("link-*/*/_SUCCESS"))


def is_clean(place: Place) -> bool:
    return not list((place.lake / "temporary").iterdir())


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
