"""Recording: how a person's name, sex and date of birth are written on one side.

The published rates are of pairs: how often two records of one person differ. The Census
makes its share of the differences, the schools the rest, so that a pair meets the rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from attainment_linkage.core.population import name_lists as lists
from attainment_linkage.core.population.draws import Flags, Floats, Ints, chance
from attainment_linkage.core.population.name_stock import (
    forenames,
    respelled,
    short_forms,
    surnames,
)
from attainment_linkage.core.population.people import NONE, People
from attainment_linkage.core.population.profiles import Recording
from attainment_linkage.core.population.slips import (
    date_parts,
    days_of,
    mistyped,
    replaced,
)

CENSUS, SCHOOL = "census", "school"
_SOUTH_ASIAN = (lists.MUSLIM, lists.HINDU, lists.SIKH)
_WOMENS_TITLES = ("Begum", "Bibi", "Khatun")


@dataclass(frozen=True)
class WrittenNames:
    """Names as one side writes them; null where there is none."""

    forename: pa.StringArray
    middle_names: pa.StringArray
    surname: pa.StringArray
    former_surname: pa.StringArray


def side_rate(pair_rate: float, side: str, rates: Recording) -> float:
    """The rate of one side, such that either side errs in ``pair_rate`` of the pairs."""
    census = rates.census_share_of_errors * pair_rate
    return census if side == CENSUS else (pair_rate - census) / (1.0 - census)


def names_written(
    rng: np.random.Generator, people: People, side: str, rates: Recording
) -> WrittenNames:
    """The names of each person as this side writes them, before any are lost."""
    forename, middle = _given_names(rng, people, side, rates)
    surname, changed = _surname(rng, people, side, rates)
    family = _family_name(rng, people, side, rates)
    held = pa.array(changed & chance(rng, 0.5, len(people)))
    former = pc.if_else(held, family, pa.scalar(None, pa.string()))
    swap = chance(rng, side_rate(rates.forename_surname_swapped, side, rates), len(people))
    if swap.any():
        turned = pa.array(swap)
        forename, surname = (
            pc.if_else(turned, surname, forename),
            pc.if_else(turned, forename, surname),
        )
    return WrittenNames(forename, middle, surname, former)


def births_written(rng: np.random.Generator, birth: Ints, side: str, rates: Recording) -> Ints:
    """Dates of birth as this side has them, in days since 1970."""
    count = len(birth)
    kinds = (rates.day_differs, rates.month_differs, rates.year_differs, rates.day_month_swapped)
    wrong = [_either(rng, rate, side, rates, count) for rate in kinds]
    rows = np.flatnonzero(wrong[0] | wrong[1] | wrong[2] | wrong[3])
    if len(rows) == 0:
        return birth
    year, month, day = date_parts(birth[rows])
    wrong_day, wrong_month, wrong_year, swap = (flags[rows] for flags in wrong)
    day = np.where(wrong_day, _shifted(rng, day, 1, 28), day)
    month = np.where(wrong_month, _shifted(rng, month, 1, 12), month)
    year = np.where(wrong_year, year + _year_slip(rng, len(rows)), year)
    swap = swap & (day <= 12)
    day, month = np.where(swap, month, day), np.where(swap, day, month)
    written = birth.copy()
    written[rows] = days_of(year, month, day)
    return written


def sex_written(rng: np.random.Generator, sex: Ints, side: str, rates: Recording) -> Ints:
    """Sex as this side has it, 0 male, 1 female."""
    wrong = chance(rng, side_rate(rates.sex_differs, side, rates), len(sex))
    return np.where(wrong, 1 - sex, sex)


def in_capitals(texts: pa.StringArray, rows: Flags) -> pa.StringArray:
    """The texts, those of the flagged rows in capitals."""
    return pc.if_else(pa.array(rows), pc.ascii_upper(texts), texts)


def full_forenames(names: WrittenNames) -> pa.StringArray:
    """Forename and middle names in one text."""
    return pc.if_else(
        pc.is_valid(names.middle_names),
        pc.binary_join_element_wise(names.forename, names.middle_names, " "),
        names.forename,
    )


def _given_names(
    rng: np.random.Generator, people: People, side: str, rates: Recording
) -> tuple[pa.StringArray, pa.StringArray]:
    count, stock = len(people), forenames()
    first, middle = people.forename.copy(), people.middle.copy()
    kinds = np.cumsum(
        [
            side_rate(rate, side, rates)
            for rate in (
                rates.forename_respelled,
                rates.forename_shortened,
                rates.forename_other,
                rates.forename_order_swapped,
            )
        ]
    )
    kind = np.searchsorted(kinds, rng.random(count), side="right")
    asian = np.isin(people.naming, _SOUTH_ASIAN)
    turned = (kind == 3) | (
        asian & _either(rng, rates.order_swapped_south_asian, side, rates, count)
    )
    turned &= middle != NONE
    # another forename: the middle name for some, a stranger's for the rest
    other = np.flatnonzero((kind == 2) & ~turned)
    drawn = stock.draw(rng, people.name_cell[other])
    by_middle = (middle[other] != NONE) & (rng.random(len(other)) < 0.6)
    first[other] = np.where(by_middle, middle[other], drawn)
    middle[other] = np.where(by_middle, NONE, middle[other])
    first, middle = np.where(turned, middle, first), np.where(turned, first, middle)
    written = stock.names.take(pa.array(first))
    short = kind == 1
    written = replaced(written, short, short_forms().take(pa.array(first[short])))
    unshortened = short & pc.equal(written, stock.names.take(pa.array(first))).to_numpy(
        zero_copy_only=False
    )
    written = mistyped(rng, written, (kind == 0) & ~turned, first=1)
    written = mistyped(rng, written, unshortened, first=2)
    other_way = _respells(rng, people, side, rates) & (kind > 1)
    respelling = respelled("forenames", int(side == SCHOOL))
    written = replaced(written, other_way, respelling.take(pa.array(first[other_way])))
    return written, _middle_names(people, middle)


def _middle_names(people: People, middle: Ints) -> pa.StringArray:
    names = forenames().names
    one = names.take(pa.array(middle, mask=middle == NONE))
    both = (people.second_middle != NONE) & (middle != NONE)
    rows = np.flatnonzero(both)
    second = names.take(pa.array(people.second_middle[rows]))
    joined = pc.binary_join_element_wise(one.take(pa.array(rows)), second, " ")
    return replaced(one, both, joined)


def _surname(
    rng: np.random.Generator, people: People, side: str, rates: Recording
) -> tuple[pa.StringArray, Flags]:
    """Surnames as written, and whether a changed family name is the reason."""
    count = len(people)
    changed = chance(rng, side_rate(rates.surname_of_family_changed, side, rates), count)
    changed &= people.earlier_surname != people.surname
    code = np.where(changed, people.earlier_surname, people.surname)
    written = _family_name(rng, people, side, rates)
    names = surnames().names
    written = replaced(written, changed, names.take(pa.array(code[changed])))
    slip = chance(rng, side_rate(rates.surname_respelled, side, rates), count)
    written = mistyped(rng, written, slip, first=1)
    respelling = respelled("surnames", int(side == SCHOOL))
    other_way = _respells(rng, people, side, rates) & ~slip & ~changed
    other_way &= people.second_surname == NONE
    written = replaced(written, other_way, respelling.take(pa.array(code[other_way])))
    return _by_convention(rng, people, written, side, rates), changed


def _family_name(
    rng: np.random.Generator, people: People, side: str, rates: Recording
) -> pa.StringArray:
    """The family's surname, two-part ones with hyphen, blank or one part lost."""
    names = surnames().names
    written = names.take(pa.array(people.surname))
    double = people.second_surname != NONE
    rows = np.flatnonzero(double)
    one, two = written.take(pa.array(rows)), names.take(pa.array(people.second_surname[rows]))
    with_blank = pa.array(rng.random(len(rows)) < 0.3)
    joined = pc.if_else(
        with_blank,
        pc.binary_join_element_wise(one, two, " "),
        pc.binary_join_element_wise(one, two, "-"),
    )
    dropped = rng.random(len(rows)) < side_rate(rates.hyphen_part_dropped, side, rates)
    part = pc.if_else(pa.array(rng.random(len(rows)) < 0.5), one, two)
    return replaced(written, double, pc.if_else(pa.array(dropped), part, joined))


def _by_convention(
    rng: np.random.Generator,
    people: People,
    written: pa.StringArray,
    side: str,
    rates: Recording,
) -> pa.StringArray:
    """Singh and Kaur, Begum, Bibi and Khatun in the place of the family name."""
    bears = (people.naming == lists.SIKH) | ((people.naming == lists.MUSLIM) & (people.sex == 1))
    rows = bears & _either(rng, rates.convention_surname, side, rates, len(people))
    if not rows.any():
        return written
    titles = np.array(["Singh", "Kaur", *_WOMENS_TITLES])
    place = np.where(
        people.naming[rows] == lists.SIKH,
        people.sex[rows],
        2 + people.surname[rows] % len(_WOMENS_TITLES),
    )
    return replaced(written, rows, pa.array(titles[place].tolist()))


def _either(
    rng: np.random.Generator, pair_rate: float, side: str, rates: Recording, count: int
) -> Flags:
    return chance(rng, side_rate(pair_rate, side, rates), count)


def _respells(rng: np.random.Generator, people: People, side: str, rates: Recording) -> Flags:
    """Whose names are transliterated in another way, where they have one."""
    drawn = _either(rng, rates.transliterated, side, rates, len(people))
    return np.asarray(drawn & (people.naming != lists.BRITISH))


def _shifted(rng: np.random.Generator, value: Ints, low: int, high: int) -> Ints:
    """Another value of a date part: one away for 31%, two for 15%, else any (published)."""
    count = len(value)
    draw, sign = rng.random(count), rng.integers(0, 2, count) * 2 - 1
    step = np.where(draw < 0.32, 1, 2)
    near = value + sign * step
    near = np.where((near < low) | (near > high), value - sign * step, near)
    span = high - low + 1
    far = low + (np.minimum(value, high) - low + rng.integers(1, span, count)) % span
    return np.where((draw < 0.47) & (near >= low), near, far)


def _year_slip(rng: np.random.Generator, count: int) -> Ints:
    steps: Floats = np.array([-10, -3, -2, -1, 1, 2, 3, 10])
    shares = np.array([0.07, 0.06, 0.12, 0.3, 0.25, 0.08, 0.06, 0.06])
    return rng.choice(steps, count, p=shares / shares.sum()).astype(np.int64)
