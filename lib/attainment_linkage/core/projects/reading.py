"""Reading: a register or an application as TOML gives it, with every problem at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from attainment_linkage.core.projects.project import (
    LEVELS,
    NO_GEOGRAPHY,
    QUESTIONS,
    Coarsening,
    Condition,
    Project,
    Question,
    Release,
    Researcher,
)

ID_FORM = re.compile(r"[A-Z][A-Z0-9-]{2,19}")
"""A project's id: it names folders, key files and pseudonyms."""

_KEYS = {
    "title": str,
    "legal_gateway": str,
    "table": str,
    "variables": list,
    "geography": str,
    "version": int,
    "approved": date,
    "expires": date,
    "researchers": list,
    "population": list,
    "quasi_identifiers": list,
    "coarsen": list,
    "questions": dict,
    "releases": list,
}
_SPOKEN = {
    str: "a text",
    int: "a whole number",
    date: "a date such as 2026-01-31, without quotes",
    list: "a list",
    dict: "a table",
    bool: "true or false",
    float: "a number",
}


@dataclass
class Reading:
    """The values of one table of TOML taken one by one; what is wrong is noted under its name."""

    at: str
    given: Mapping[str, Any]
    problems: list[str] = field(default_factory=list)

    def only(self, known: Mapping[str, Any] | tuple[str, ...]) -> None:
        """Note every key that is not known here."""
        for key in self.given:
            if key not in known:
                self.problems.append(
                    f"{self.at}.{key} is not a known key; known here: {', '.join(known)}"
                )

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        """A value of the kind; the default where it is absent or of another kind."""
        value = self.given.get(key)
        if value is None:
            return default
        if _is_of(value, kind):
            return value
        self.problems.append(f"{self.at}.{key} must be {_SPOKEN[kind]}")
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, each once."""
        values = self.take(key, list, [])
        wrong = [value for value in values if not isinstance(value, str)]
        if wrong:
            self.problems.append(f"{self.at}.{key} must be a list of texts")
            return ()
        doubled = sorted({value for value in values if values.count(value) > 1})
        if doubled:
            self.problems.append(f"{self.at}.{key} names {', '.join(doubled)} more than once")
        return tuple(dict.fromkeys(values))

    def inner(self, key: str) -> Iterator[Reading]:
        """The tables of a list of tables, each a reading of its own."""
        for place, value in enumerate(self.take(key, list, []), start=1):
            name = f"{self.at}.{key}[{place}]"
            if isinstance(value, Mapping):
                yield Reading(name, value, self.problems)
            else:
                self.problems.append(f"{name} must be a table such as {{ user = ... }}")


def read_project(name: str, given: Any) -> tuple[Project, list[str]]:
    """One project, and what is wrong with its form; wrong values are read as absent."""
    if not isinstance(given, Mapping):
        return Project(name, "", "", "", ()), [f"{name} must be a table of keys"]
    reading = Reading(name, given)
    if not ID_FORM.fullmatch(name):
        reading.problems.append(
            f"{name} is not a project id: 3 to 20 capitals, digits and hyphens, a capital first"
        )
    reading.only(_KEYS)
    project = Project(
        id=name,
        title=reading.take("title", str, ""),
        legal_gateway=reading.take("legal_gateway", str, ""),
        table=reading.take("table", str, ""),
        variables=reading.texts("variables"),
        geography=reading.take("geography", str, NO_GEOGRAPHY),
        version=reading.take("version", int, 1),
        approved=reading.take("approved", date),
        expires=reading.take("expires", date),
        researchers=tuple(_researchers(reading)),
        population=tuple(_conditions(reading)),
        quasi_identifiers=reading.texts("quasi_identifiers"),
        coarsen=tuple(_coarsenings(reading)),
        questions=dict(_questions(reading)),
        releases=tuple(_releases(reading)),
    )
    if project.geography not in LEVELS:
        reading.problems.append(f"{name}.geography must be one of {', '.join(LEVELS)}")
    if not 1 <= project.version <= 9999:
        reading.problems.append(f"{name}.version must be from 1 to 9999")
    if project.approved and project.expires and project.expires < project.approved:
        reading.problems.append(f"{name}.expires lies before {name}.approved")
    return project, reading.problems


def _researchers(reading: Reading) -> Iterator[Researcher]:
    for one in reading.inner("researchers"):
        one.only(("user", "accreditation", "accredited_until"))
        user = one.take("user", str, "")
        accreditation = one.take("accreditation", str, "")
        until = one.take("accredited_until", date)
        if user and accreditation and until:
            yield Researcher(user, accreditation, until)
        else:
            one.problems.append(f"{one.at} needs user, accreditation and accredited_until")


def _releases(reading: Reading) -> Iterator[Release]:
    for one in reading.inner("releases"):
        one.only(("id", "title", "released"))
        id, title = one.take("id", str, ""), one.take("title", str, "")
        released = one.take("released", date)
        if id and title and released:
            yield Release(id, title, released)
        else:
            one.problems.append(f"{one.at} needs id, title and released")


def _conditions(reading: Reading) -> Iterator[Condition]:
    for one in reading.inner("population"):
        one.only(("variable", "one_of", "at_least", "at_most"))
        condition = Condition(
            one.take("variable", str, ""),
            tuple(one.take("one_of", list, [])),
            one.take("at_least", float),
            one.take("at_most", float),
        )
        bounds = (condition.at_least, condition.at_most)
        if not condition.variable or bool(condition.one_of) == any(b is not None for b in bounds):
            one.problems.append(
                f"{one.at} needs a variable, and either one_of or at_least and at_most"
            )
        yield condition


def _coarsenings(reading: Reading) -> Iterator[Coarsening]:
    for one in reading.inner("coarsen"):
        one.only(("variable", "band", "cap"))
        found = Coarsening(
            one.take("variable", str, ""), one.take("band", int), one.take("cap", int)
        )
        if not found.variable or (found.band is None and found.cap is None):
            one.problems.append(f"{one.at} needs a variable, and a band or a cap")
        if found.band is not None and found.band < 2:
            one.problems.append(f"{one.at}.band must be 2 or more")
        yield found


def _questions(reading: Reading) -> Iterator[tuple[str, Question]]:
    given = reading.take("questions", dict, {})
    Reading(f"{reading.at}.questions", given, reading.problems).only(QUESTIONS)
    for name in QUESTIONS:
        answer = given.get(name, {})
        if not isinstance(answer, Mapping):
            reading.problems.append(f"{reading.at}.questions.{name} must be a table")
            continue
        one = Reading(f"{reading.at}.questions.{name}", answer, reading.problems)
        one.only(("case", "is_met", "decided_by", "decided_on"))
        yield (
            name,
            Question(
                one.take("case", str, ""),
                one.take("is_met", bool),
                one.take("decided_by", str, ""),
                one.take("decided_on", date),
            ),
        )


def _is_of(value: Any, kind: type) -> bool:
    if kind is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is dict:
        return isinstance(value, Mapping)
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))
