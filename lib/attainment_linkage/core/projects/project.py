"""Project: one entry of the register, and whether it may be served on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from attainment_linkage.domain.variable import GEOGRAPHY_LEVELS

QUESTIONS = ("feasible", "legal", "ethical", "public_interest")
"""What a project must be, in the words of the announcement of 31 July 2019."""

NO_GEOGRAPHY = "none"
LEVELS = (NO_GEOGRAPHY, *GEOGRAPHY_LEVELS)
"""Levels of geography a project may be approved for, coarsest first."""


@dataclass(frozen=True)
class Question:
    """One of the four questions: the project's case, and who decided what on which day."""

    case: str = ""
    is_met: bool | None = None
    decided_by: str = ""
    decided_on: date | None = None

    @property
    def is_decided(self) -> bool:
        """Whether somebody said yes or no, and it is known who and when."""
        return self.is_met is not None and bool(self.decided_by) and self.decided_on is not None


@dataclass(frozen=True)
class Researcher:
    """One researcher: the account of the operating system, and the accreditation."""

    user: str
    accreditation: str
    accredited_until: date


@dataclass(frozen=True)
class Condition:
    """Rows of the population: those whose variable is one of these, or within bounds."""

    variable: str = ""
    one_of: tuple[str | int | bool, ...] = ()
    at_least: float | None = None
    at_most: float | None = None

    @property
    def said(self) -> str:
        """The condition in words, for a manifest."""
        if self.one_of:
            return f"{self.variable} is one of {', '.join(map(str, self.one_of))}"
        bounds = (("at least", self.at_least), ("at most", self.at_most))
        held = " and ".join(f"{name} {bound:g}" for name, bound in bounds if bound is not None)
        return f"{self.variable} is {held}"


@dataclass(frozen=True)
class Coarsening:
    """A number made coarser: down to a multiple of ``band``, and at most ``cap``."""

    variable: str = ""
    band: int | None = None
    cap: int | None = None

    @property
    def said(self) -> str:
        """The coarsening in words, for a dictionary."""
        parts = []
        if self.band is not None:
            parts.append(f"down to a multiple of {self.band}")
        if self.cap is not None:
            parts.append(f"{self.cap} and more together")
        return f"coarsened: {', '.join(parts)}"


@dataclass(frozen=True)
class Release:
    """Outputs that were approved and left: the package, its project if any, titles, and the day.

    It is no part of the register, which is written by hand: it comes from where outputs are
    decided on.
    """

    package: str
    project: str
    titles: tuple[str, ...]
    released: str


@dataclass(frozen=True)
class Project:
    """One project as the register has it.

    ``version`` counts the makings of its ids, from 1. ``geography`` is the finest level it
    may see. ``quasi_identifiers`` are the variables that the k-anonymity report is about.
    """

    id: str
    title: str = ""
    legal_gateway: str = ""
    table: str = ""
    variables: tuple[str, ...] = ()
    geography: str = NO_GEOGRAPHY
    version: int = 1
    approved: date | None = None
    expires: date | None = None
    researchers: tuple[Researcher, ...] = ()
    population: tuple[Condition, ...] = ()
    quasi_identifiers: tuple[str, ...] = ()
    coarsen: tuple[Coarsening, ...] = ()
    questions: Mapping[str, Question] = field(default_factory=dict)

    @property
    def is_approved(self) -> bool:
        """Whether it has an approval date and all four questions were decided with yes."""
        return self.approved is not None and not any(self._unmet())

    @property
    def coarsened(self) -> Mapping[str, str]:
        """What the register orders to be made coarser, by variable, in words."""
        return {rule.variable: rule.said for rule in self.coarsen}

    def objections(self, today: date) -> Iterator[str]:
        """Why it may not be served today; nothing where it may."""
        if self.approved is None:
            yield "it is not approved: it has no approval date"
        elif today < self.approved:
            yield f"its approval begins on {self.approved}"
        yield from self._unmet()
        if self.approved is not None and self.expires is None:
            yield "it has no expiry date"
        if self.expires is not None and today > self.expires:
            yield f"it expired on {self.expires}"

    def _unmet(self) -> Iterator[str]:
        for name in QUESTIONS:
            question = self.questions.get(name, Question())
            if not question.is_decided:
                yield f"whether it is {spoken(name)} is not decided"
            elif not question.is_met:
                yield f"it was found not {spoken(name)} on {question.decided_on}"

    def refusals(self, user: str, today: date) -> Iterator[str]:
        """Why this user may not work on it today; nothing where the user may."""
        yield from self.objections(today)
        found = [one for one in self.researchers if one.user == user]
        if not found:
            yield f"the user {user} is not one of its researchers"
        elif today > found[0].accredited_until:
            yield f"the accreditation of {user} ended on {found[0].accredited_until}"


def spoken(question: str) -> str:
    """A question as a sentence has it."""
    return "in the public interest" if question == "public_interest" else question
