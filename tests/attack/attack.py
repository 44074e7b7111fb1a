"""The attack on everything that release lets out: `make attack`; its last line is the figures.

It ends with another code than 0 when anything is recovered, acro disagrees, or the fast way
of suppression is further than 1.2 times from the optimum.
"""

import argparse
import os
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.attack import beside_acro, on_registers, on_tables

LARGEST_RATIO = 1.2


def figures(tables, registers, acro, optima, later=20, each=map, say=lambda line: None):
    """What was recovered, of how much; cells acro agrees on; suppressions beside the optimum.

    ``each`` maps a function over the seeds; a pool's map uses every core.
    """
    found = dict.fromkeys(("tables_recovered", "tables_tried", "registers_recovered",
                           "registers_tried", "let_through", "refused", "acro_agree",
                           "acro_cells", "fast", "optimum", "solved"), 0)  # fmt: skip
    for seed, (recovered, tried, let_through, refused) in enumerate(
        each(partial(on_registers.attacked, later=later), range(registers))
    ):
        found["registers_recovered"] += recovered
        found["registers_tried"] += tried
        found["let_through"] += let_through
        found["refused"] += refused
        say(f"register {seed}: {let_through} let through, {refused} refused, {recovered} recovered")
    for seed, (recovered, tried) in enumerate(each(on_tables.attacked, range(tables))):
        found["tables_recovered"] += recovered
        found["tables_tried"] += tried
        if recovered or seed % 100 == 99:
            say(f"table {seed}: {recovered} recovered; {found['tables_recovered']} so far")
    for agree, cells in each(beside_acro.agreement, range(acro)):
        found["acro_agree"] += agree
        found["acro_cells"] += cells
    for fast, optimum in filter(None, each(on_tables.beside_the_optimum, range(optima))):
        found["fast"] += fast
        found["optimum"] += optimum
        found["solved"] += 1
    return found


def is_short(found):
    """Whether any figure misses what is asked."""
    return (
        found["tables_recovered"] > 0
        or found["registers_recovered"] > 0
        or found["acro_agree"] < found["acro_cells"]
        or found["fast"] > LARGEST_RATIO * found["optimum"]
    )


def told(found, counts, seconds, wall):
    """The figures in one line."""
    ratio = found["fast"] / found["optimum"] if found["optimum"] else 1.0
    share = 100 * found["acro_agree"] / max(1, found["acro_cells"])
    return (
        f"{counts.tables} tables: {found['tables_recovered']} of {found['tables_tried']:,} "
        f"withheld cells and small sums recovered; {counts.registers} registers "
        f"({found['let_through']} outputs let through, {found['refused']} refused): "
        f"{found['registers_recovered']} of {found['registers_tried']:,} recovered; acro agrees on "
        f"{share:.2f}% of {found['acro_cells']:,} cells; secondary suppressions {ratio:.3f} x the "
        f"optimum on {found['solved']} tables solved exactly; {seconds:.0f} CPU-seconds, "
        f"{wall:.0f} on the clock"
    )


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--tables", type=int, default=1000)
    options.add_argument("--registers", type=int, default=20)
    options.add_argument("--acro", type=int, default=100)
    options.add_argument("--optima", type=int, default=100)
    options.add_argument("--workers", type=int, default=os.cpu_count())
    counts = options.parse_args()
    began = time.monotonic()
    with ProcessPoolExecutor(counts.workers) as pool:
        found = figures(counts.tables, counts.registers, counts.acro, counts.optima, each=pool.map,
                        say=lambda line: print(line, flush=True))  # fmt: skip
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(told(found, counts, used.ru_utime + used.ru_stime, time.monotonic() - began))
    return int(is_short(found))


if __name__ == "__main__":
    sys.exit(main())
