"""Variable: a column of a research table, with all that a data dictionary says of it.

What a researcher may know of a column is written once, beside its declaration: the
dictionary (CSV and page), the gates, the dummy extract and the checks of an application are
made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attainment_linkage.domain.table import Column, Table

PERSON, HOUSEHOLD, SCHOOL = "person", "household", "school"
"""Kinds of pseudonymous ids."""

REGION_LEVEL, AUTHORITY_LEVEL = "region", "local_authority"
GEOGRAPHY_LEVELS = (REGION_LEVEL, AUTHORITY_LEVEL)
"""Levels of geography of the research root, coarsest first; nothing finer gets there."""

Values = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Variable(Column):
    """A column with its place in the data dictionary; ``meaning`` is its label.

    ``values``: each code as text and what it stands for; empty for numbers, ids and flags.
    ``source``: the tables it is made from. ``universe``: the rows that can have a value; in
    others it is null. ``part``: the dictionary's section. ``identifies``: person, household
    or school, for a pseudonymous id. ``geography``: the level of a place's code.
    """

    values: Values = ()
    source: str = ""
    derivation: str = ""
    universe: str = ""
    part: str = ""
    identifies: str = ""
    geography: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes it may have, as text."""
        return tuple(code for code, _ in self.values)

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the tables it is made from."""
        return tuple(self.source.split(", "))


def coded(labels: Mapping[str, str]) -> Values:
    """Codes with what each stands for."""
    return tuple(labels.items())


def words(text: str) -> Values:
    """Codes that say what they stand for; an underscore is a blank."""
    return tuple((word, word.replace("_", " ")) for word in text.split())


def variables(table: Table) -> tuple[Variable, ...]:
    """The columns of a research table.

    Raises:
        TypeError: a column is not declared as a variable.
    """
    found = tuple(column for column in table.columns if isinstance(column, Variable))
    if len(found) != len(table.columns):
        raise TypeError(f"{table.name}: each column of a research table is a Variable.")
    return found
