"""Random tables of two and three dimensions with margins, released and then attacked."""

import itertools

import numpy as np

from attainment_linkage.core.disclosure.decide import REFUSED, checked, costs
from attainment_linkage.core.disclosure.optimum import cheapest
from attainment_linkage.core.disclosure.primary import unsafe
from attainment_linkage.core.disclosure.suppress import suppressed, targets_of
from attainment_linkage.core.disclosure.system import system_of
from tests.attack.attacker import THRESHOLD, Attacker
from tests.outputs import counts_table, rules

RULES = rules()


def random_table(seed, *, largest=(7, 4)):
    """Counts of which many are small: two dimensions for even seeds, three for odd ones."""
    generator = np.random.default_rng(seed)
    flat, deep = largest
    shape = generator.integers(2, deep + 1, 3) if seed % 2 else generator.integers(3, flat + 1, 2)
    values = generator.negative_binomial(0.9, 0.02, size=tuple(shape))
    codes = {f"v{at}": [f"c{n}" for n in range(size)] for at, size in enumerate(shape)}
    method = "rounding" if seed % 10 == 9 else "suppression"
    return counts_table(f"T{seed}", values, codes, method=method), values


def line_of(codes, finest):
    """The finest cells that a cell is the sum of, as zeros and ones."""
    return np.array(
        [all(c in ("all", i) for c, i in zip(codes, leaf, strict=True)) for leaf in finest], float
    )


def attacked(seed):
    """How many withheld cells and small sums of a table are recovered; of how many.

    Of a rounded table the attacker knows between which numbers each finest count must lie; then
    every interval is checked as it is.
    """
    table, values = random_table(seed)
    output = checked(table, RULES)
    assert output.status != REFUSED
    finest = list(itertools.product(*(one.codes for one in table.description.classification)))
    lines = {codes: line_of(codes, finest) for codes in table.cells}
    if table.description.method == "rounding":
        return attacked_rounding(output, finest), len(finest)
    shown = {codes: value for (codes, _), value in output.shown.items() if value is not None}
    small = sum(value < THRESHOLD for value in shown.values())
    withheld = [codes for codes in table.cells if codes not in shown]
    attacker = Attacker(np.array([lines[c] for c in shown]).reshape(len(shown), len(finest)),
                        np.array([shown[c] for c in shown], float))  # fmt: skip
    found = sum(attacker.recovers(lines[codes], is_withheld=True) for codes in withheld)
    truth = values.ravel().astype(float)
    tried = len(withheld)
    for size in (2, 3):
        for group in itertools.combinations(withheld, size):
            line = sum(lines[codes] for codes in group)
            if line.max() <= 1 and line @ truth < THRESHOLD:
                tried += 1
                found += attacker.recovers(line, is_withheld=False)
    return small + found, tried


def attacked_rounding(output, finest):
    """How many rounded finest counts tell too much, when every margin is a sum of them."""
    found = 0
    for codes in output.table.cells:
        parts = [leaf for leaf in finest if line_of(codes, [leaf])[0]]
        said = output.shown[codes, "n"]
        found += said != sum(output.shown[leaf, "n"] for leaf in parts)
    for leaf in finest:
        said = output.shown[leaf, "n"]
        possible = [n for n in range(int(said) + 40) if (n + 10) // 20 * 20 == said]
        low, high = min(possible), max(possible)
        found += not (high - low >= THRESHOLD or (low == 0 and high >= THRESHOLD - 1))
    return found


def beside_the_optimum(seed):
    """Secondary suppressions of the fast way and of the optimum; None where it is not solved."""
    table, _ = random_table(2 * seed if seed % 3 else 2 * seed + 1, largest=(5, 2))
    system = system_of(table)
    found = unsafe(table, system, RULES)
    targets = targets_of(system, found.items, found.hidden, found.widths, THRESHOLD)
    cost = costs(system)
    best = cheapest(system, found.items, targets, cost, THRESHOLD)
    if best is None:
        return None
    fast = suppressed(system, found.items, targets, cost, THRESHOLD)
    return int((fast & ~found.items).sum()), int((best & ~found.items).sum())
