"""People and households of one block, as they truly are on Census day: columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TypeVar

import numpy as np

from attainment_linkage.core.population.draws import Flags, Floats, Ints

CENSUS_DAY = int(np.datetime64("2011-03-27").astype("datetime64[D]").astype(np.int64))
# first day of the school years of birth: KS4 ends 16, and KS5 18, years after the last
COHORT_STARTS: Ints = np.array(
    ["1991-09-01", "1992-09-01", "1993-09-01", "1994-09-01", "1995-09-01"], dtype="datetime64[D]"
).astype(np.int64)
N_COHORTS = 4
YEAR = 365.25

REFERENCE, PARTNER, CHILD, GRANDPARENT, OTHER = range(5)
MARRIED, COHABITING, LONE_MOTHER, LONE_FATHER, NO_PARENT, ALONE, SHARERS = range(7)
NONE = -1

Columns = TypeVar("Columns", bound="Block")


@dataclass(frozen=True)
class Block:
    """Columns of one length, taken and joined together."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def take(self: Columns, rows: Ints | Flags) -> Columns:
        """The named rows, in that order."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))

    def joined(self: Columns, other: Columns) -> Columns:
        """These rows and then the other's."""
        return type(self)(
            *(
                np.concatenate([getattr(self, field.name), getattr(other, field.name)])
                for field in fields(self)
            )
        )


@dataclass(frozen=True)
class Households(Block):
    """One row per household; ``unit`` is its postcode unit, codes are those of the stocks."""

    kind: Ints
    area: Ints
    unit: Ints
    house_number: Ints
    ethnic: Ints
    naming: Ints
    advantage: Floats
    deprivation: Floats
    tenure: Ints
    surname: Ints
    mother_surname: Ints
    child_surname: Ints
    second_surname: Ints


@dataclass(frozen=True)
class People(Block):
    """One row per person; ``household`` is the row of the home, parents' home for leavers."""

    household: Ints
    role: Ints
    sex: Ints
    birth: Ints
    ethnic: Ints
    naming: Ints
    is_twin: Flags
    name_cell: Ints
    forename: Ints
    middle: Ints
    second_middle: Ints
    surname: Ints
    second_surname: Ints
    earlier_surname: Ints

    @cached_property
    def age(self) -> Ints:
        """Age in whole years on Census day."""
        return np.asarray(((CENSUS_DAY - self.birth) / YEAR).astype(np.int64))

    @cached_property
    def cohort(self) -> Ints:
        """School year of birth, 0 (born 1991/92) to 3 (born 1994/95); negative if outside."""
        place = np.searchsorted(COHORT_STARTS, self.birth, side="right") - 1
        return np.where(place < N_COHORTS, place, NONE)


def birth_year(birth: Ints) -> Ints:
    """Calendar year of days since 1970."""
    return birth.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
