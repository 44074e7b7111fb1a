"""Identifying: what in an extract looks as if it could name or number a person.

Two nets. A declared variable may hold its codes, or values of its form, and nothing else; so
a name, date or postcode in it is found whatever it looks like. Beside that, every value of
every column is held against the forms of what identifies people.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from attainment_linkage.core.population.name_lists import BOYS, GIRLS, SURNAMES
from attainment_linkage.core.pseudonym import ID_FORM
from attainment_linkage.domain.allow_list import PERSONAL_NAMES, SOURCE_IDS
from attainment_linkage.domain.variable import Variable

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_FORMS: dict[str, re.Pattern[str]] = {
    "a date": re.compile(
        r"(?:19|20)\d\d[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:0?[1-9]|[12]\d|3[01])\b"
        r"|\b(?:0?[1-9]|[12]\d|3[01])[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:19|20)?\d\d\b"
        r"|\b(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\b"
        rf"|\b(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?[ -]?(?:{_MONTHS})[a-z]*[ ,-]*(?:19|20)?\d\d",
        re.IGNORECASE,
    ),
    "a postcode": re.compile(
        r"\b[A-PR-UWYZ](?:[0-9][0-9A-HJKPSTUW]?|[A-HK-Y][0-9][0-9ABEHMNPRVWXY]?)"
        r"\s?[0-9][ABD-HJLNP-UW-Z]{2}\b",
        re.IGNORECASE,
    ),
    "a pupil number": re.compile(r"\b[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z]\b", re.IGNORECASE),
    "a national insurance number": re.compile(
        r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]\b", re.IGNORECASE
    ),
    "an email address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    "a telephone number": re.compile(r"(?<!\d)(?:\+44 ?|0)7\d{3} ?\d{6}(?!\d)"),
}
_TEN_DIGITS = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
_GEOGRAPHY = re.compile(r"[EW]\d{8}")
_ACADEMIC_YEAR = re.compile(r"(?:19|20)\d\d/\d\d")
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,17})?(?:[eE][+-]?\d{1,2})?")
_LARGEST = 99_999
"""No measure is larger; a date of eight digits, an account or a serial number is."""


def kinds_in(text: str) -> Iterator[str]:
    """What a value looks like, of the things that identify a person."""
    for kind, form in _FORMS.items():
        if form.search(text):
            yield kind
    if any(_is_nhs_number(found) for found in _TEN_DIGITS.findall(text)):
        yield "an NHS number"
    if any(word.upper() in _names() for word in re.findall(r"[^\W\d_]{2,}", text)):
        yield "a name"


def identifies_by_name(column: str) -> bool:
    """Whether a column says by its own name that it identifies."""
    words = {"forename", "surname", "name", "names", "dob", "birthdate", "postcode", "upn", "nhs"}
    words |= {"address", "street", "email", "phone", "urn"}
    lower = column.lower()
    is_listed = lower in PERSONAL_NAMES or lower in SOURCE_IDS
    return is_listed or bool(words & set(re.split(r"[^a-z]+", lower)))


def form_of(variable: Variable) -> Callable[[str], bool]:
    """What the text of a variable's value may be; an empty text is a null."""
    if variable.identifies:
        return lambda text: bool(ID_FORM.fullmatch(text)) and text[0] == variable.identifies[0]
    if variable.values:
        return lambda text: text in variable.codes
    if variable.type == "boolean":
        return lambda text: text in ("true", "false")
    if variable.type in ("int", "double"):
        return lambda text: bool(_NUMBER.fullmatch(text)) and abs(float(text)) <= _LARGEST
    pattern = _GEOGRAPHY if variable.geography else _ACADEMIC_YEAR
    return lambda text: bool(pattern.fullmatch(text))


@dataclass
class ColumnScan:
    """What one column of an extract was found to hold, taken in batch by batch.

    ``variable`` is its declaration; None where the project's plan has no such column.
    """

    column: str
    variable: Variable | None
    suspects: set[str] = field(default_factory=set)

    def take(self, values: Iterable[str]) -> None:
        """Take in some values as text, without nulls; those of the declared form are let go."""
        if self.variable is None:
            self.suspects.update(values)
        else:
            is_right = form_of(self.variable)
            self.suspects.update(value for value in values if not is_right(value))

    def findings(self) -> Iterator[str]:
        """What is wrong with the column: names and counts, never a value."""
        if self.variable is None:
            yield f"the column {self.column} is not one of the project's variables"
        elif self.suspects:
            yield f"the column {self.column} holds {len(self.suspects)} values it cannot have"
        if identifies_by_name(self.column):
            yield f"the column {self.column} identifies by its name"
        counts = Counter(kind for value in self.suspects for kind in kinds_in(value))
        for kind, count in sorted(counts.items()):
            yield f"the column {self.column} holds {count} values that look like {kind}"


def _is_nhs_number(text: str) -> bool:
    digits = [int(one) for one in text if one.isdigit()]
    total = sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - total % 11) % 11 == digits[9] and len(set(digits)) > 1


@cache
def _names() -> frozenset[str]:
    """Well-known forenames and surnames, in capitals."""
    listed = (name for names in (*BOYS, *GIRLS, *SURNAMES) for name in names.split())
    return frozenset(name.upper() for name in listed)
