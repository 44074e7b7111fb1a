"""Projects: the register in full, each refusal with its reason, what an application lacks."""

import copy
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from attainment_linkage.core.projects.project import QUESTIONS
from attainment_linkage.core.projects.reading import read_project
from attainment_linkage.core.projects.register import (
    contradictions,
    lacking,
    project_of,
    read_register,
    undecided,
    variables_of,
)
from attainment_linkage.domain.errors import ProjectRefusedError, RegisterError

CONF = Path(__file__).resolve().parents[2] / "conf"
REGISTER = tomllib.loads((CONF / "projects.toml").read_text("utf-8"))
GOOD, DRAFT = "ALP-2026-01", "ALP-2026-02"
DAY = date(2026, 6, 1)
ME = {"user": "ann", "accreditation": "AR-1", "accredited_until": date(2026, 5, 31)}


def changed(**values):
    """The approved example with some keys changed; None takes one out."""
    entry = copy.deepcopy(REGISTER["project"][GOOD])
    entry.update(values)
    return {key: value for key, value in entry.items() if value is not None}


def found(entry):
    """The problems of one entry: of its form, else of what it asks for."""
    project, problems = read_project(GOOD, entry)
    return problems or list(contradictions(project))


def test_the_projects_in_conf_are_read_and_one_of_them_may_be_served():
    register = read_register(REGISTER)

    assert set(register) == {GOOD, DRAFT}
    assert list(project_of(register, GOOD).objections(DAY)) == []
    assert not register[DRAFT].is_approved
    assert register[GOOD].is_approved
    assert variables_of(register[GOOD])[0].name == "person_id"
    assert {one.name for one in variables_of(register[GOOD])} == {
        "person_id", *register[GOOD].variables,
    }  # fmt: skip


def test_an_unknown_project_is_refused():
    with pytest.raises(ProjectRefusedError, match="project ALP-9: the register does not have it"):
        project_of(read_register(REGISTER), "ALP-9")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"variables": ["sex", "shoe_size"]}, "names shoe_size, which linked_pupils does not have"),
        ({"variables": ["surname"]}, "names surname, which identifies a person or school"),
        ({"variables": ["attainment_id"]}, "names attainment_id, which identifies a person"),
        ({"variables": ["sex", "sex"]}, "names sex more than once"),
        ({"variables": ["local_authority"]}, "of level local_authority; its geography is region"),
        ({"geography": "none"}, "names region, of level region; its geography is none"),
        ({"geography": "street"}, "geography must be one of none, region, local_authority"),
        ({"table": "census_people"}, "table is census_people; there is linked_pupils"),
        ({"quasi_identifiers": ["age"]}, "names age, which is not in its variables"),
        ({"population": [{"variable": "sex", "one_of": ["X"]}]}, "selects sex by 1 values"),
        ({"population": [{"variable": "person_id", "one_of": ["p"]}]}, "no variable to select by"),
        ({"population": [{"variable": "sex", "at_least": 2}]}, "sex, which is not a number"),
        ({"population": [{"variable": "sex"}]}, "needs a variable, and either one_of or"),
        ({"coarsen": [{"variable": "sex", "band": 5}]}, "coarsen names sex, which is not a number"),
        ({"coarsen": [{"variable": "age", "cap": 5}]}, "coarsen names age, which is not in its"),
        ({"coarsen": [{"variable": "siblings", "band": 1}]}, "band must be 2 or more"),
        ({"researchers": [{"user": "a"}]}, "researchers[1].accreditation is missing"),
        ({"researchers": [ME | {"user": ""}]}, "researchers[1].user is empty"),
        ({"researchers": ["a"]}, "researchers[1] must be a table of keys"),
        ({"version": 0}, "version must be from 1 to 9999"),
        ({"approved": "2026-01-01"}, "approved must be a date"),
        ({"approved": datetime(2026, 1, 1, tzinfo=UTC)}, "approved must be a date"),
        ({"version": True}, "version must be a whole number"),
        ({"expires": date(2020, 1, 1)}, "expires lies before"),
        ({"purpose": "x"}, "purpose is not a known key"),
        ({"releases": []}, "releases is not a known key"),
        ({"id": "ALP-9"}, "id is not a known key"),
        ({"questions": {"nice": {}}}, "questions.nice is not a known key"),
    ],
)
def test_what_a_project_may_not_ask_for_is_named(values, problem):
    problems = found(changed(**values))

    assert [one for one in problems if problem in one], problems


def test_a_register_is_refused_with_all_its_problems_at_once():
    document = {
        "projects": {},
        "project": {"x": changed(), "ALP-1": changed(table="nothing"), "ALP-2": 3},
    }

    with pytest.raises(RegisterError, match="4 problems") as refused:
        read_register(document)
    for part in ("projects is not a known key", "x is not a project id", "nothing", "ALP-2 must"):
        assert part in str(refused.value)


def question(**values):
    entry = changed()
    entry["questions"]["ethical"].update(values)
    return {key: value for key, value in entry.items() if value is not None}


@pytest.mark.parametrize(
    ("entry", "day", "reason"),
    [
        (changed(approved=None), DAY, "it is not approved"),
        (changed(), date(2026, 1, 11), "its approval begins on 2026-01-12"),
        (changed(), date(2028, 1, 12), "it expired on 2028-01-11"),
        (changed(expires=None), DAY, "it has no expiry date"),
        (question(is_met=False), DAY, "it was found not ethical on 2026-01-09"),
        (question(decided_by=""), DAY, "whether it is ethical is not decided"),
        (changed(questions={}), DAY, "whether it is in the public interest is not decided"),
    ],
)
def test_a_project_that_may_not_be_served_says_why(entry, day, reason):
    project, _ = read_project(GOOD, entry)

    assert [one for one in project.objections(day) if reason in one]


def test_the_days_of_approval_and_expiry_are_both_served():
    project, _ = read_project(GOOD, changed())

    assert not [*project.objections(date(2026, 1, 12)), *project.objections(date(2028, 1, 11))]


def test_only_its_accredited_researchers_may_open_it():
    until = ME["accredited_until"]
    project, _ = read_project(GOOD, changed(researchers=[ME]))

    assert list(project.refusals("ann", until)) == []
    assert list(project.refusals("ann", DAY)) == ["the accreditation of ann ended on 2026-05-31"]
    assert list(project.refusals("bob", until)) == ["the user bob is not one of its researchers"]


def test_an_application_that_lacks_nothing_can_be_decided_on():
    project, problems = read_project(GOOD, changed(approved=None))

    assert problems == lacking(project) == undecided(project) == []


def test_what_an_application_lacks_is_listed():
    project, _ = read_project(DRAFT, {"table": "linked_pupils", "variables": ["shoe_size"]})
    missing = lacking(project)

    assert undecided(project) == list(QUESTIONS)
    for key in ("title", "legal_gateway", "researchers", "quasi_identifiers", "expires"):
        assert f"{DRAFT}.{key} is missing" in missing
    for name in QUESTIONS:
        assert [one for one in missing if f"questions.{name}.case is missing" in one]
    assert [one for one in missing if "shoe_size" in one]
