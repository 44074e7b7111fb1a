"""Registers of outputs like T1 to T24, then random later ones: all of them attacked together."""

import itertools

import numpy as np

from attainment_linkage.core.disclosure.request import judged
from attainment_linkage.core.disclosure.safe_change import released
from tests.attack.attacker import THRESHOLD, Attacker
from tests.outputs import people, rules, table_of_people

RULES = rules()
VARIABLES = {
    "sex": ("f", "m"),
    "ethnicity": ("a", "b", "c"),
    "fsm": ("1", "0"),
    "region": ("n", "m", "s"),
    "household": ("couple", "lone"),
    "school": ("state", "other"),
}
FIRST = [
    *((name,) for name in VARIABLES),
    ("fsm", "ethnicity", "sex"),
    ("region", "household"), ("household", "fsm"), ("sex", "fsm"), ("region", "fsm"),
    ("ethnicity", "region"), ("ethnicity", "household"), ("sex", "region"), ("school", "sex"),
    ("school", "fsm"), ("school", "region"), ("household", "sex"), ("ethnicity", "sex"),
    ("ethnicity", "fsm"), ("region", "household", "fsm"), ("sex", "household", "fsm"),
    ("school", "ethnicity"), ("school", "household"),
]  # fmt: skip
"""24 tables: each variable, three of FSM x ethnicity x sex, and the rest two by two."""


def people_of(seed):
    """500 to 3,000 people: in few of the tables is every cell safe."""
    return people(seed, 500 * (1 + seed % 6), VARIABLES)


def outputs_of(drawn, seed, later):
    """The tables of one register in order: 24 first ones, then random ones with filters."""
    generator = np.random.default_rng(seed + 1000)
    for number, names in enumerate(FIRST, 1):
        yield table_of_people(f"T{number}", drawn, VARIABLES, names), {}
    for number in range(later):
        names = [str(name) for name in generator.choice(list(VARIABLES), generator.integers(1, 3),
                                                        replace=False)]  # fmt: skip
        rest = [name for name in VARIABLES if name not in names]
        kept = {}
        for name in generator.choice(rest, generator.integers(0, 3), replace=False):
            codes = VARIABLES[str(name)]
            kept[str(name)] = tuple(codes[: generator.integers(1, len(codes))])
        yield table_of_people(f"X{number}", drawn, VARIABLES, names, kept), kept


def attacked(seed, later=20):
    """What the attacker recovers from a register; of how much; outputs let through and refused."""
    register, told, refused = [], [], 0
    drawn = people_of(seed)
    for table, kept in outputs_of(drawn, seed, later):
        verdict = judged([table], register, "p", RULES)
        if verdict.refusals:
            refused += 1
        else:
            output = verdict.outputs[0]
            register.append(released(output, "p", RULES))
            told.append((output, kept))
    found, tried = recovered(drawn, told)
    return found, tried, len(told), refused


def recovered(drawn, told):
    """Attack all released tables over the cross-classification of every variable."""
    shape = tuple(len(codes) for codes in VARIABLES.values())
    truth = np.zeros(shape)
    np.add.at(truth, tuple(drawn.values()), 1)

    def line(kept):
        mask = np.ones(shape)
        for at, (name, codes) in enumerate(VARIABLES.items()):
            axis = np.array([code in kept.get(name, codes) for code in codes], float)
            mask = mask * axis.reshape([-1 if each == at else 1 for each in range(len(shape))])
        return mask.ravel()

    lines, counts, withheld = [], [], []
    for output, kept in told:
        names = output.table.description.variables
        for (codes, _), value in output.shown.items():
            cell = {n: (c,) for n, c in zip(names, codes, strict=True) if c != "all"}
            mask = line({**kept, **cell})
            if value is None:
                withheld.append(mask)
            else:
                lines.append(mask)
                counts.append(value)
    attacker = Attacker(np.array(lines), np.array(counts))
    found = sum(attacker.recovers(mask, is_withheld=True) for mask in withheld)
    groups = small_groups(truth.ravel(), line)
    found += sum(attacker.recovers(mask, is_withheld=False) for mask in groups)
    found += differences(attacker)
    return found, len(withheld) + len(groups) + len(attacker.counts) ** 2


def small_groups(truth, line):
    """Every cell of up to three variables that fewer than ten people, and somebody, are in."""
    found = []
    for size in (1, 2, 3):
        for names in itertools.combinations(VARIABLES, size):
            for codes in itertools.product(*(VARIABLES[name] for name in names)):
                mask = line({name: (code,) for name, code in zip(names, codes, strict=True)})
                if 0 < mask @ truth < THRESHOLD:
                    found.append(mask)
    return found


def differences(attacker):
    """Pairs of shown counts, one inside the other, that differ by fewer than ten people."""
    sizes = attacker.lines.sum(axis=1)
    inside = attacker.lines @ attacker.lines.T == sizes[None, :]
    gap = attacker.counts[:, None] - attacker.counts[None, :]
    return int((inside & (sizes[:, None] > sizes[None, :]) & (gap < THRESHOLD)).sum())
