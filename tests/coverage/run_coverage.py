"""Do the intervals of the analysis cover the full-population truth? By hand: `make coverage`.

For each of 20 generated populations the tables T1, T3, T7, T9 and T18 are made as the road
links it, and the same tables of the same population counted in full. Judged is what is
published: intervals for the rate behind the pupils there are (`covers = "process"` of
conf/analysis.toml), against that rate, taken from all the other populations together, every
pupil counted and rightly linked and every household as it is. Beside it stand, with the naive
intervals:

- households as enumerated: what their forms say. Who is missing from a form changes its
  household; that is an error of the Census, not of the linkage, and no interval knows it.
- the cohort: intervals for these pupils' own rate, against each population's own figures. They
  hold only what linkage leaves open, are four times as narrow, and cover the forms' errors not.

    python -m tests.coverage.run_coverage [--seeds 20] [--records 20000] [--links road]
        [--keep FOLDER] [--first 4201]

`--links road` runs the bodies of the road's stages without their ceremony (``short_road``), all
populations in one session. `--links truth` takes the generator's true links for the pupils that are
on the Census: quick, and without linkage error. What was made lies in FOLDER and is not made again:
a run can be stopped and taken up. The last line is the figures; the exit code is 1 where the
judged share of covered cells is outside 90 to 98%.
"""

from __future__ import annotations

import argparse
import functools
import operator
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from attainment_linkage.adapters.session import open_session
from attainment_linkage.core.analysis.cells import block_answers
from attainment_linkage.core.analysis.definitions import COHORT, PROCESS, Analysis, Block
from attainment_linkage.core.analysis.moments import Moments
from tests.conftest import LAUNCH, config_for
from tests.coverage import populations
from tests.coverage.populations import AS_ENUMERATED, AS_THEY_ARE, AllMoments

FEWEST, LEAST, MOST = 30, 0.90, 0.98
Reading = tuple[str, str]
JUDGED: Reading = (PROCESS, AS_THEY_ARE)
READINGS: tuple[Reading, ...] = (
    JUDGED, (PROCESS, AS_ENUMERATED), (COHORT, AS_ENUMERATED), (COHORT, AS_THEY_ARE),
)  # fmt: skip
HITS, NAIVE, CELLS, WIDTHS = range(4)


def covered(
    analysis: Analysis, seen: list[AllMoments], truths: list[dict[str, AllMoments]]
) -> dict[tuple[Reading, str], np.ndarray]:
    """Per reading and table: cells covered, by the naive too, cells; and the ratio of widths."""
    counts: dict[tuple[Reading, str], np.ndarray] = defaultdict(lambda: np.zeros(4))
    for reading in READINGS:
        target, households = reading
        own = [one[households] for one in truths]
        for at, found in enumerate(seen):
            right = own[at] if target == COHORT else _together([*own[:at], *own[at + 1 :]])
            for block in analysis.blocks:
                counts[reading, block.table] += _of_block(analysis, block, found, right, target)
    return counts


def _together(populations: list[AllMoments]) -> AllMoments:
    return {
        key: functools.reduce(operator.add, [one[key] for one in populations])
        for key in populations[0]
    }


def _of_block(
    analysis: Analysis, block: Block, found: AllMoments, truth: AllMoments, target: str
) -> np.ndarray:
    told = block_answers(block, _of(found, block), analysis.level, target)
    true = {(one.categories, one.measure): one.estimate
            for one in block_answers(block, _of(truth, block), analysis.level)}  # fmt: skip
    counts = np.zeros(4)
    for one in told:
        right = true.get((one.categories, one.measure))
        if one.n >= FEWEST and right is not None and one.low is not None:
            counts += [
                one.low <= right <= one.high,
                one.naive_low <= right <= one.naive_high,
                1,
                (one.high - one.low) / max(one.naive_high - one.naive_low, 1e-12),
            ]
    return counts


def _of(moments: AllMoments, block: Block) -> dict[str, Moments]:
    return {one.name: moments[block.number, one.name] for one in block.measures}


@contextmanager
def maker(links: str, analysis: Analysis, records: int) -> Iterator[Callable[[int], AllMoments]]:
    """What makes the moments of a population from its seed; a session is open around it."""
    if links == "truth":
        yield lambda seed: populations.by_truth(analysis, seed, records)
        return
    with tempfile.TemporaryDirectory(prefix="coverage-") as lakes:
        config = config_for(Path(lakes) / "session")
        with open_session(config, "coverage", launch=LAUNCH) as spark:
            yield lambda seed: populations.by_road(
                spark, analysis, seed, records, Path(lakes) / str(seed)
            )


def all_populations(
    asked: argparse.Namespace, analysis: Analysis
) -> tuple[list[AllMoments], list[dict[str, AllMoments]]]:
    """The moments of every population, as linked and in full."""
    seen, truths = [], []
    with maker(asked.links, analysis, asked.records) as make:
        for seed in range(asked.first, asked.first + asked.seeds):
            path = Path(asked.keep or "") / f"{asked.links}-{asked.records}-{seed}.npz"
            one = functools.partial(make, seed)
            seen.append(populations.kept(path, one) if asked.keep else one())
            truths.append(populations.truths_of(analysis, seed, asked.records))
            sys.stderr.write(f"coverage: population {len(seen)} of {asked.seeds} done\n")
    return seen, truths


def main(arguments: list[str]) -> int:
    """Run, print a line per table, then the figures; 1 where short of the goal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=4201)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--links", choices=("road", "truth"), default="road")
    parser.add_argument("--keep")
    asked = parser.parse_args(arguments)
    analysis = populations.checked_analysis()
    counts = covered(analysis, *all_populations(asked, analysis))
    shares = {}
    for reading in READINGS:
        of_tables = {name: counts[reading, name] for name in populations.CHECKED}
        of_tables["all"] = sum(of_tables.values(), np.zeros(4))
        for name, found in of_tables.items():
            hits, naive, widths = found[[HITS, NAIVE, WIDTHS]] / found[CELLS]
            sys.stdout.write(
                f"{', households '.join(reading):36} {name:4} cells {found[CELLS]:5.0f}  "
                f"covered {hits:.3f}  naive {naive:.3f}  width / naive width {widths:.2f}\n"
            )
            shares[reading] = hits
    is_short = not LEAST <= shares[JUDGED] <= MOST
    beside = ", ".join(f"{shares[one]:.3f} for {', households '.join(one)}" for one in READINGS[1:])
    sys.stdout.write(
        f"95% intervals over {asked.seeds} populations of {asked.records} records (links: "
        f"{asked.links}) cover {shares[JUDGED]:.3f} of cells, for {', households '.join(JUDGED)}: "
        f"{'short of' if is_short else 'within'} the goal; beside it {beside}\n"
    )
    return int(is_short)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
