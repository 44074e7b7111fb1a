"""Reading: a register or an application as TOML gives it, with every problem at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from attainment_linkage.core.given import read
from attainment_linkage.core.projects.project import LEVELS, QUESTIONS, Project, Question

ID_FORM = re.compile(r"[A-Z][A-Z0-9-]{2,19}")
"""A project's id: it names folders, key files and pseudonyms."""


def read_project(name: str, given: Any) -> tuple[Project | None, list[str]]:
    """One project, and what is wrong with its form; None where it cannot be read at all.

    A question that is not given stands as one without a case and a decision.
    """
    problems: list[str] = []
    if not ID_FORM.fullmatch(name):
        problems.append(
            f"{name} is not a project id: 3 to 20 capitals, digits and hyphens, a capital first"
        )
    entry = given
    if isinstance(given, Mapping):
        if "id" in given:
            problems.append(f"{name}.id is not a known key; the id is in [project.{name}]")
        entry = {**given, "id": name}
    project = read(Project, entry, name, problems)
    if project is None:
        return None, problems
    answers = {key: project.questions.get(key, Question()) for key in QUESTIONS}
    return replace(project, questions=answers), [*problems, *_problems(project)]


def _problems(project: Project) -> Iterator[str]:
    """What is wrong between values that are each of their type."""
    name = project.id
    for key in project.questions:
        if key not in QUESTIONS:
            known = ", ".join(QUESTIONS)
            yield f"{name}.questions.{key} is not a known key; known here: {known}"
    for key in ("variables", "quasi_identifiers"):
        values: tuple[str, ...] = getattr(project, key)
        doubled = sorted({value for value in values if values.count(value) > 1})
        if doubled:
            yield f"{name}.{key} names {', '.join(doubled)} more than once"
    if project.geography not in LEVELS:
        yield f"{name}.geography must be one of {', '.join(LEVELS)}"
    if not 1 <= project.version <= 9999:
        yield f"{name}.version must be from 1 to 9999"
    if project.approved and project.expires and project.expires < project.approved:
        yield f"{name}.expires lies before {name}.approved"
    yield from _inner_problems(project)


def _inner_problems(project: Project) -> Iterator[str]:
    name = project.id
    for place, one in enumerate(project.researchers, start=1):
        empty = [each.name for each in fields(one) if not getattr(one, each.name)]
        if empty:
            yield f"{name}.researchers[{place}].{empty[0]} is empty"
    for place, condition in enumerate(project.population, start=1):
        has_bounds = condition.at_least is not None or condition.at_most is not None
        if not condition.variable or bool(condition.one_of) == has_bounds:
            yield (
                f"{name}.population[{place}] needs a variable, and either one_of or at_least "
                "and at_most"
            )
    for place, rule in enumerate(project.coarsen, start=1):
        if not rule.variable or (rule.band is None and rule.cap is None):
            yield f"{name}.coarsen[{place}] needs a variable, and a band or a cap"
        if rule.band is not None and rule.band < 2:
            yield f"{name}.coarsen[{place}].band must be 2 or more"
