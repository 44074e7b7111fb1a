"""Do the intervals of the analysis cover the full-population truth? By hand: `make coverage`.

For each of 20 generated populations the tables T1, T3, T7, T9 and T18 are made, and the same
tables of the same population counted in full. Two readings of "truth", each with the interval
that is made for it: `cohort`, each population's own figures; `process`, the rate behind them,
taken from all populations together. The naive interval is shown beside them.

    python -m tests.coverage.run_coverage [--seeds 20] [--records 20000] [--links road]

`--links truth` takes the generator's true links for the pupils that are on the Census: quick,
and without linkage error. The last line is the figures; the exit code is 1 where a share of
covered cells is outside 90 to 98%.
"""

from __future__ import annotations

import argparse
import functools
import operator
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from attainment_linkage.adapters.session import open_session
from attainment_linkage.core.analysis.cells import block_answers
from attainment_linkage.core.analysis.definitions import COHORT, PROCESS, Analysis, Block
from attainment_linkage.core.analysis.moments import Moments
from tests.conftest import config_for
from tests.coverage import populations

FIRST_SEED, FEWEST, LEAST, MOST = 4201, 30, 0.90, 0.98


def by_road(seed: int, records: int, analysis: Analysis) -> populations.AllMoments:
    """One population generated and linked in a lake of its own."""
    with tempfile.TemporaryDirectory(prefix="coverage-") as lake:
        asked = {"seed": seed, "attainment_records": records}
        config = config_for(Path(lake), synthesise=asked)
        with open_session(config, "coverage", launch={"spark.master": "local[2]"}) as spark:
            return populations.by_road(spark, analysis, config)


def covered(
    analysis: Analysis, seen: list[populations.AllMoments], truths: list[populations.AllMoments]
):
    """Per table and reading: cells covered, cells; and widths, ours and the naive ones."""
    pooled = {key: functools.reduce(operator.add, [one[key] for one in truths])
              for key in truths[0]}  # fmt: skip
    counts: dict[tuple[str, str], np.ndarray] = defaultdict(lambda: np.zeros(4))
    for found, own in zip(seen, truths, strict=True):
        for target, truth in ((COHORT, own), (PROCESS, pooled)):
            for block in analysis.blocks:
                told = block_answers(block, _of(found, block), analysis.level, target)
                true_answers = block_answers(block, _of(truth, block), analysis.level)
                right = {(one.categories, one.measure): one.estimate for one in true_answers}
                for one in told:
                    true = right.get((one.categories, one.measure))
                    if one.n < FEWEST or true is None or one.low is None:
                        continue
                    counts[block.table, target] += [
                        one.low <= true <= one.high,
                        one.naive_low <= true <= one.naive_high,
                        1,
                        (one.high - one.low) / max(one.naive_high - one.naive_low, 1e-12),
                    ]
    return counts


def _of(moments: populations.AllMoments, block: Block) -> dict[str, Moments]:
    return {one.name: moments[block.number, one.name] for one in block.measures}


def all_populations(asked: argparse.Namespace, analysis: Analysis):
    """The moments of every population, as linked and in full."""
    make = by_road if asked.links == "road" else _by_truth
    seen, truths = [], []
    for seed in range(FIRST_SEED, FIRST_SEED + asked.seeds):
        seen.append(make(seed, asked.records, analysis))
        truths.append(populations.full_truth(analysis, seed, asked.records))
        sys.stderr.write(f"coverage: population {len(seen)} of {asked.seeds} done\n")
    return seen, truths


def _by_truth(seed: int, records: int, analysis: Analysis) -> populations.AllMoments:
    return populations.by_truth(analysis, seed, records)


def main(arguments: list[str]) -> int:
    """Run, print a line per table, then the figures; 1 where short of the goal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--links", choices=("road", "truth"), default="road")
    asked = parser.parse_args(arguments)
    analysis = populations.checked_analysis()
    counts = covered(analysis, *all_populations(asked, analysis))
    shares = {}
    for target in (COHORT, PROCESS):
        total = sum((counts[name, target] for name in populations.CHECKED), np.zeros(4))
        shares[target] = total[0] / total[2]
        rows = [(name, counts[name, target]) for name in populations.CHECKED]
        for name, (hits, naive, cells, widths) in [*rows, ("all", total)]:
            sys.stdout.write(
                f"{target:8} {name:4} cells {cells:5.0f}  covered {hits / cells:.3f}  "
                f"naive {naive / cells:.3f}  width / naive width {widths / cells:.2f}\n"
            )
    is_short = not all(LEAST <= share <= MOST for share in shares.values())
    told = ", ".join(f"{target} {share:.3f}" for target, share in shares.items())
    sys.stdout.write(
        f"coverage of 95% intervals over {asked.seeds} populations of {asked.records} records "
        f"(links: {asked.links}): {told}; {'short of' if is_short else 'within'} the goal\n"
    )
    return int(is_short)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
