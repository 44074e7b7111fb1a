"""Do the expected error rates hold the true ones? By hand, on generated populations.

For each population the road is run to its links, which say what rates of false and of missed
links they expect, with 95% intervals; the generator's truth says what the rates are.

    python -m tests.calibration.run_calibrate [--seeds 20] [--profiles realistic hard]
                                              [--records 20000] [--first 7301] [--lakes FOLDER]

A line per population; then, per rate, in how many the truth lies inside, and the median half
width in percentage points. The exit code is 1 where a rate is inside in fewer than nine of
ten populations, or its intervals are wider than they may be. With `--lakes` the lakes stay,
and a stage that is done is not done again.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters.session import open_session
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.road import LINK, ROAD
from attainment_linkage.stages.run import RunSummary, run_one
from attainment_linkage.stages.truth import agreement
from tests.conftest import config_for

FIRST_SEED, LEAST_INSIDE = 7301, 0.9
MOST_HALF_WIDTH = {"false": 0.10, "missed": 0.50}
"""Half widths, in percentage points, that the median population may have."""
_PERCENT = re.compile(r"([\d.]+)% ([\d.]+) to ([\d.]+)")
_TO_LINKS = ROAD[: ROAD.index(LINK) + 1]


@dataclass(frozen=True)
class Told:
    """A rate as expected, with its limits, and as it is; in percent."""

    expected: float
    lower: float
    upper: float
    true: float

    @classmethod
    def of(cls, said: str, true: float) -> Told:
        """From the text of a note, and a share."""
        found = _PERCENT.fullmatch(said)
        if found is None:
            raise ValueError(f"not a rate with its limits: {said!r}")
        return cls(*map(float, found.groups()), 100 * true)

    @property
    def is_inside(self) -> bool:
        """Whether the truth lies within the limits, as they are printed."""
        return self.lower - 0.0005 <= self.true <= self.upper + 0.0005

    @property
    def text(self) -> str:
        """As a line shows it."""
        mark = "" if self.is_inside else "  OUTSIDE"
        limits = f"{self.lower:.3f} to {self.upper:.3f}"
        return f"{self.expected:.3f}% ({limits}), true {self.true:.3f}{mark}"


def linked(config: Config, spark: SparkSession) -> dict[str, Told]:
    """Generate a population, link it, and hold what it expects against the truth."""
    stages = tuple(run_one(stage.name, config, spark=spark) for stage in _TO_LINKS)
    found = agreement(spark, config, RunSummary("", stages, 0.0))
    notes = stages[-1].notes
    return {
        "false": Told.of(str(notes["false links expected"]), 1 - found.precision),
        "missed": Told.of(str(notes["missed links expected"]), 1 - found.recall),
    }


@contextmanager
def _folder(kept: Path | None, name: str) -> Iterator[Path]:
    if kept is not None:
        yield kept / name
        return
    with tempfile.TemporaryDirectory(prefix="calibrate-") as lake:
        yield Path(lake)


def main(arguments: list[str]) -> int:
    """Run the populations, print their lines and the figures; 1 where short of the goal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=FIRST_SEED)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--profiles", nargs="+", default=["realistic", "hard"])
    parser.add_argument("--lakes", type=Path)
    asked = parser.parse_args(arguments)
    told: list[dict[str, Told]] = []
    for seed in range(asked.first, asked.first + asked.seeds):
        for profile in asked.profiles:
            with _folder(asked.lakes, f"{profile}-{seed}") as lake:
                values = {"seed": seed, "profile": profile, "attainment_records": asked.records}
                config = config_for(lake, synthesise=values)
                with open_session(config, "calibrate") as spark:
                    told.append(linked(config, spark))
            for rate, one in told[-1].items():
                sys.stdout.write(f"calibrate: {profile} {seed} {rate:6} {one.text}\n")
            sys.stdout.flush()
    return _judged(told)


def _judged(told: list[dict[str, Told]]) -> int:
    is_short = False
    for rate, most in MOST_HALF_WIDTH.items():
        rates = [one[rate] for one in told]
        inside = sum(one.is_inside for one in rates)
        half_width = statistics.median((one.upper - one.lower) / 2 for one in rates)
        is_short |= inside < LEAST_INSIDE * len(rates) or half_width > most
        sys.stdout.write(
            f"calibrate: {rate} inside in {inside} of {len(rates)}, "
            f"median half width {half_width:.3f} points (at most {most})\n"
        )
    return 1 if is_short else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
