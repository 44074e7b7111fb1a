"""Do the expected error rates hold the true ones? By hand, on generated populations.

Each population is generated, made into linkage records, cleared of doubles and linked by the
bodies of the road's stages without their ceremony (``tests.coverage.short_road``), all in one
session. The links say what rates of false and of missed links they expect, with 95%
intervals; the generator's truth says what the rates are.

    python -m tests.calibration.run_calibrate [--seeds 20] [--profiles realistic hard]
        [--records 20000] [--first 7301] [--keep FOLDER] [--most COUNT]

A line per population; then, per rate, in how many the truth lies inside, and the median half
width in percentage points. The exit code is 1 where a rate is inside in fewer than nine of
ten populations, or its intervals are wider than they may be. With `--keep` each population
leaves its figures in FOLDER and is not made again, so that a run can be stopped and taken up;
`--most` ends it after so many that were not there yet. Remove FOLDER when the code changes.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.adapters.session import open_session
from attainment_linkage.core.population import Population, profile_named
from attainment_linkage.domain import road, tables
from attainment_linkage.stages import deduplicate, link, standardise
from attainment_linkage.steps import truth
from tests.conftest import LAUNCH, config_for
from tests.coverage import quick, short_road

FIRST_SEED, LEAST_INSIDE = 7301, 0.9
MOST_HALF_WIDTH = {"false": 0.10, "missed": 0.50}
"""Half widths, in percentage points, that the median population may have."""
_PERCENT = re.compile(r"([\d.]+)% ([\d.]+) to ([\d.]+)")
_TRUTH = ("truth", "doubles")
_TO_LINKS = (
    (road.STANDARDISE, standardise.identifiers_door),
    (road.DEDUPLICATE, deduplicate.body),
    (road.LINK, link.body),
)


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


Rates = dict[str, Told]


def linked(spark: SparkSession, population: Population) -> Rates:
    """Generate a population, link it, and hold what it expects against the truth."""
    delivered = quick.delivered(population, has_others=True)
    with tempfile.TemporaryDirectory(prefix="calibrate-") as lake:
        folder = Path(lake) / "tables"
        config = config_for(Path(lake))
        notes = short_road.links_made(spark, delivered, config, folder, _TO_LINKS)
        links = spark.read.parquet(str(folder / tables.LINKS.name))
        for name in _TRUTH:
            delivered[name].to_parquet(folder / name, index=False)
        planted, doubles = (spark.read.parquet(str(folder / name)) for name in _TRUTH)
        row = truth.agreement(links, planted, doubles).collect()[0]
    spark.catalog.clearCache()
    return {
        "false": Told.of(str(notes["false links expected"]), 1 - row.right_links / row.links),
        "missed": Told.of(str(notes["missed links expected"]), 1 - row.right_links / row.linkable),
    }


def read(path: Path) -> Rates | None:
    """The figures that a population left in a file; None where it has not."""
    if not path.is_file():
        return None
    return {rate: Told(**one) for rate, one in json.loads(path.read_text("utf-8")).items()}


def write(path: Path, told: Rates) -> None:
    """Leave the figures of a population in a file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps({rate: asdict(one) for rate, one in told.items()}), "utf-8")
    unfinished.rename(path)


def judged(told: Sequence[Rates]) -> int:
    """Print the figures of all populations; 1 where short of the goal."""
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


def main(arguments: list[str]) -> int:
    """Run the populations, print their lines and the figures; 1 where short of the goal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=FIRST_SEED)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--profiles", nargs="+", default=["realistic", "hard"])
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--most", type=int, default=sys.maxsize)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="calibrate-") as private:
        keep = asked.keep or Path(private) / "figures"
        config = config_for(Path(private) / "session")
        with open_session(config, "calibrate", launch=LAUNCH) as spark:
            return judged(_all(spark, asked, keep))


def _all(spark: SparkSession, asked: argparse.Namespace, keep: Path) -> list[Rates]:
    """The figures of every population, as kept or as now made."""
    profiles = tomllib.loads((conf_folder() / "population.toml").read_text("utf-8"))
    told, made = [], 0
    for seed in range(asked.first, asked.first + asked.seeds):
        for profile in asked.profiles:
            path = keep / f"{profile}-{seed}-{asked.records}.json"
            found = read(path)
            if found is None and made < asked.most:
                rates = profile_named(profiles, profile)
                found = linked(spark, Population(seed, rates, asked.records, is_narrow=True))
                write(path, found)
                made += 1
            if found is not None:
                told.append(found)
                for rate, one in found.items():
                    sys.stdout.write(f"calibrate: {profile} {seed} {rate:6} {one.text}\n")
                sys.stdout.flush()
    return told


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
