"""Register: every project, held against the data dictionary; refused with all its problems.

What a project asks for must exist, be fit for its purpose, and be no finer than its level of
geography. What is merely not there yet (a decision, a date) is no fault of the register: it
keeps the project from being served (``Project.objections``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attainment_linkage.core.projects.project import (
    LEVELS,
    QUESTIONS,
    Condition,
    Project,
    spoken,
)
from attainment_linkage.core.projects.reading import read_project
from attainment_linkage.domain.allow_list import PERSONAL_NAMES, SOURCE_IDS
from attainment_linkage.domain.errors import ProjectRefusedError, RegisterError
from attainment_linkage.domain.tables import RESEARCH_TABLES
from attainment_linkage.domain.variable import Variable, variables

_TABLES = {table.name: table for table in RESEARCH_TABLES}
_NUMBERS = ("int", "double")
Register = Mapping[str, Project]


def read_register(document: Mapping[str, Any]) -> Register:
    """Every project of a register, by its id.

    Raises:
        RegisterError: the document, or a project in it, is wrong; the message lists all.
    """
    problems = [
        f"{key} is not a known key; a project is a table [project.ID]"
        for key in document
        if key != "project"
    ]
    given = document.get("project", {})
    if not isinstance(given, Mapping):
        given, problems = {}, [*problems, "project must be a table of projects"]
    register = {}
    for name, entry in given.items():
        project, wrong = read_project(name, entry)
        problems += wrong
        if project is not None:
            register[name] = project
            problems += [] if wrong else contradictions(project)
    if problems:
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        raise RegisterError(
            f"register: {count}: {'; '.join(problems)}. The form is in conf/README.md, the "
            "variables in the data dictionary."
        )
    return register


def project_of(register: Register, name: str) -> Project:
    """A project by its id.

    Raises:
        ProjectRefusedError: the register does not have it.
    """
    if name not in register:
        raise ProjectRefusedError(
            f"project {name}: the register does not have it; it has {len(register)} projects. "
            "Correct the id, or apply for the project."
        )
    return register[name]


def variables_of(project: Project) -> tuple[Variable, ...]:
    """The variables of a project's extract, in the order of the table; its row's id first."""
    known = variables(_TABLES[project.table])
    return tuple(
        one for one in known if one.name in project.variables or one.name in _row_id(project)
    )


def _row_id(project: Project) -> tuple[str, ...]:
    return _TABLES[project.table].key


def lacking(project: Project) -> list[str]:
    """What an application lacks before anybody can decide on it."""
    needs = {
        "title": project.title,
        "legal_gateway": project.legal_gateway,
        "table": project.table,
        "variables": project.variables,
        "researchers": project.researchers,
        "quasi_identifiers": project.quasi_identifiers,
        "expires": project.expires,
    }
    missing = [f"{project.id}.{key} is missing" for key, value in needs.items() if not value]
    for name in QUESTIONS:
        if not project.questions[name].case:
            missing.append(
                f"{project.id}.questions.{name}.case is missing: why the project is {spoken(name)}"
            )
    return missing + list(contradictions(project))


def undecided(project: Project) -> list[str]:
    """The questions on which nobody has decided yet."""
    return [name for name in QUESTIONS if not project.questions[name].is_decided]


def contradictions(project: Project) -> Iterator[str]:
    """What a project asks for that there is not, or that its approval does not reach."""
    at = project.id
    if not project.table:
        return
    if project.table not in _TABLES:
        yield f"{at}.table is {project.table}; there is {', '.join(_TABLES)}"
        return
    known = {one.name: one for one in variables(_TABLES[project.table])}
    for name in project.variables:
        yield from _not_for_an_extract(f"{at}.variables", name, known, project)
    for name in project.quasi_identifiers:
        if name not in project.variables:
            yield f"{at}.quasi_identifiers names {name}, which is not in its variables"
    for condition in project.population:
        yield from _wrong_condition(f"{at}.population", condition, known)
    for rule in project.coarsen:
        if rule.variable not in project.variables:
            yield f"{at}.coarsen names {rule.variable}, which is not in its variables"
        elif known.get(rule.variable) is None or known[rule.variable].type not in _NUMBERS:
            yield f"{at}.coarsen names {rule.variable}, which is not a number"


def _not_for_an_extract(
    at: str, name: str, known: Mapping[str, Variable], project: Project
) -> Iterator[str]:
    if name in PERSONAL_NAMES or name in SOURCE_IDS:
        yield f"{at} names {name}, which identifies a person or school; no project gets it"
    elif name not in known:
        yield f"{at} names {name}, which {project.table} does not have"
    elif known[name].geography and project.geography in LEVELS:
        level = known[name].geography
        if LEVELS.index(level) > LEVELS.index(project.geography):
            yield f"{at} names {name}, of level {level}; its geography is {project.geography}"


def _wrong_condition(at: str, condition: Condition, known: Mapping[str, Variable]) -> Iterator[str]:
    variable = known.get(condition.variable)
    if variable is None or variable.identifies:
        yield f"{at} is by {condition.variable}, which is no variable to select by"
    elif condition.one_of:
        unknown = [one for one in condition.one_of if not _may_be(variable, one)]
        if unknown:
            yield f"{at} selects {variable.name} by {len(unknown)} values that it cannot have"
    elif variable.type not in _NUMBERS:
        yield f"{at} gives bounds to {variable.name}, which is not a number"


def _may_be(variable: Variable, value: object) -> bool:
    if variable.type == "boolean":
        return isinstance(value, bool)
    if variable.type in _NUMBERS:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (not variable.values or str(value) in variable.codes)
    return isinstance(value, str) and (not variable.values or value in variable.codes)
