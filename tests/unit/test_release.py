"""Release: what is brought, packed, decided on and leaves; and what never does."""

import json
from pathlib import Path

import pytest

from attainment_linkage.adapters import verifier
from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.disclosure.words import BRIEF_WORDS
from attainment_linkage.domain.errors import (
    DecisionRefusedError,
    PackageBrokenError,
    ReleaseCorrectedError,
    ReleaseRefusedError,
)
from attainment_linkage.stages.doors import release as door
from attainment_linkage.stages.release import check as checking
from attainment_linkage.stages.release import decision, unpacking
from attainment_linkage.stages.release.store import store_of
from tests.outputs import FSM, FSM_ROWS, write_request

SMALL = [
    ["yes", "400", "7", "1.8", "0.5", "4.0"],
    ["no", "2600", "1620", "62.0", "60.2", "63.8"],
    ["all", "3000", "1627", "54.2", "52.5", "55.9"],
]
CAUSAL = ("because", "cause", "effect", "impact", "due to", "leads to", "result of")


@pytest.fixture
def config(tmp_path):
    return load("local", lake_override(tmp_path / "lake"))


def check(folder, config, who="analyst"):
    return checking.check(folder, config, who, RunLog())


def decide(name, config, who="checker", reason="safe", is_approved=True):
    decision.decide(name, config, who, reason, RunLog(), is_approved=is_approved)


def packed(folder, config):
    return check(folder, config).name


def test_what_is_safe_is_packed_as_brought_and_leaves_by_a_second_person(tmp_path, config):
    name = packed(write_request(tmp_path / "r"), config)
    assert not config.out_path.exists()
    decide(name, config)

    left = config.out_path / name
    assert {path.name for path in left.iterdir()} == {
        "T3.csv", "T3.json", "T3.png", "charts.md", "brief.md", "MANIFEST.json", "decision.json",
    }  # fmt: skip
    assert (left / "T3.csv").read_text("utf-8").splitlines()[1] == "yes,400,140,34.6,30.1,39.4"
    assert store_of(config).registered()[0].shown[("yes",), "n"] == 400
    whats = [entry.what for entry in AuditLog.of(config).entries() if entry is not None]
    assert whats == ["release check"] * 2 + ["release approved"] * 2
    *_, checked, _, approved = AuditLog.of(config).entries()
    assert set(checked.inputs) == {"T3.csv", "T3.json"}
    assert checked.outputs.items() <= approved.inputs.items()


def test_what_is_corrected_says_so_and_shows_nothing_small(tmp_path, config):
    folder = write_request(tmp_path / "r", rows=SMALL)

    with pytest.raises(ReleaseCorrectedError, match="withheld or rounded"):
        check(folder, config)
    (package,) = (config.release_path / "packages").iterdir()
    lines = (package / "outputs" / "T3.csv").read_text("utf-8").splitlines()
    assert lines[1] == "yes,400,[c],[c],[c],[c]"
    everything = b"".join(p.read_bytes() for p in package.rglob("*.*") if p.suffix != ".png")
    assert b"1.8" not in everything
    form = (package / "record" / "form.md").read_text("utf-8")
    assert "Rule minimum_count: fewer than 10 people" in form
    assert "Weights: inverse probability of being linked" in form


def test_what_a_rule_refuses_is_not_packed(tmp_path, config):
    given = FSM | {"classification": [FSM["classification"][0] | {"geography": "lsoa"}]}

    with pytest.raises(ReleaseRefusedError, match="areas of level lsoa"):
        check(write_request(tmp_path / "r", given=given), config)
    assert not (config.release_path / "packages").exists()


def test_a_later_output_is_refused_for_what_it_gives_away_with_an_approved_one(tmp_path, config):
    decide(packed(write_request(tmp_path / "first"), config), config)
    rows = [
        ["yes", "396", "130", "32.8", "28", "37"],
        ["no", "2500", "1560", "62.4", "60", "64"],
        ["all", "2896", "1690", "58.4", "56", "60"],
    ]
    given = FSM | {"filter": {"school_type": ["state"], "sen": ["no"]}}

    with pytest.raises(ReleaseRefusedError, match=r"T9: from T3 .* smallest safe change"):
        check(write_request(tmp_path / "second", "T9", given, rows), config)


def test_approval_looks_again_at_what_was_released_meanwhile(tmp_path, config):
    first = packed(write_request(tmp_path / "first"), config)
    rows = [["yes", "396", "136", "34.3", "30", "39"], *FSM_ROWS[1:2],
            ["all", "2996", "1756", "58.6", "56", "60"]]  # fmt: skip
    given = FSM | {"filter": {"school_type": ["state"], "sen": ["no"]}}
    second = packed(write_request(tmp_path / "second", "T9", given, rows), config)
    decide(first, config)

    with pytest.raises(ReleaseRefusedError, match="released since it was checked"):
        decide(second, config)
    assert not (config.out_path / second).exists()


def test_a_decision_is_by_somebody_else_with_a_reason_and_once(tmp_path, config):
    name = packed(write_request(tmp_path / "r"), config)

    with pytest.raises(DecisionRefusedError, match="brought by analyst, who cannot decide"):
        decide(name, config, who="analyst")
    with pytest.raises(DecisionRefusedError, match="needs a reason"):
        decide(name, config, reason=" ")
    decide(name, config, is_approved=False)
    assert not config.out_path.exists()
    assert store_of(config).registered() == []
    with pytest.raises(DecisionRefusedError, match="was refused by checker"):
        decide(name, config)
    decided = [one for one in AuditLog.of(config).entries() if one and one.about == name]
    assert [(one.what, one.outcome) for one in decided if one.outcome != "started"] == [
        ("release approved", "DECISION_REFUSED"), ("release approved", "DECISION_REFUSED"),
        ("release refused", "finished"), ("release approved", "DECISION_REFUSED"),
    ]  # fmt: skip


def test_a_package_that_was_touched_is_not_approved(tmp_path, config):
    name = packed(write_request(tmp_path / "r"), config)
    table = config.release_path / "packages" / name / "outputs" / "T3.csv"
    table.write_text(table.read_text("utf-8").replace("400", "401"), "utf-8")

    with pytest.raises(PackageBrokenError, match=r"outputs/T3.csv is not as it was packed"):
        decide(name, config)


def test_a_register_entry_that_was_touched_stops_everything(tmp_path, config):
    name = packed(write_request(tmp_path / "r"), config)
    decide(name, config)
    entry = config.release_path / "register" / f"{name}.json"
    entry.write_text(entry.read_text("utf-8").replace("400", "500"), "utf-8")

    with pytest.raises(PackageBrokenError, match="not as it was written"):
        check(write_request(tmp_path / "again", "T8"), config)


def test_the_same_outputs_give_the_same_bytes(tmp_path, config):
    first = check(write_request(tmp_path / "r"), config)
    before = {path.name: path.read_bytes() for path in first.rglob("*.*")}
    again = check(write_request(tmp_path / "s"), config)

    assert again == first
    assert before == {path.name: path.read_bytes() for path in again.rglob("*.*")}


def test_the_brief_is_two_pages_and_never_speaks_of_causes(tmp_path, config):
    folder = tmp_path / "r"
    for number in range(24):
        given = FSM | {"universe": f"u{number}", "title": f"Level 2, table {number}"}
        write_request(folder, f"T{number}", given)
    package = check(folder, config)
    text = (package / "outputs" / "brief.md").read_text("utf-8")

    assert len(text.split()) <= BRIEF_WORDS
    assert "Not told here for want of room" in text
    assert "34.6% (30.1 to 39.4)" in text
    assert not [word for word in CAUSAL if word in text.lower()]


def test_each_chart_is_told_in_words_and_nothing_withheld_is_in_them(tmp_path, config):
    codes = {"variable": "fsm", "codes": ["yes", "no", "once"], "total": "all"}
    rows = [*SMALL[:2], ["once", "700", "350", "50.0", "46.3", "53.7"],
            ["all", "3700", "1977", "53.4", "51.8", "55.0"]]  # fmt: skip
    with pytest.raises(ReleaseCorrectedError, match="withheld or rounded"):
        check(write_request(tmp_path / "r", given=FSM | {"classification": [codes]}, rows=rows),
              config)  # fmt: skip
    (package,) = store_of(config).package("x").parent.iterdir()
    text = (package / "outputs" / "charts.md").read_text("utf-8")

    assert "](T3.png)" in text
    assert "fsm: no 62.0% (60.2 to 63.8)" in text
    assert "fsm: yes" not in text
    assert "2 withheld or empty groups are not shown" in text
    assert not any(number in text for number in ("1.8", "50.0", "400"))


def test_the_largest_contributions_never_leave_and_a_sum_can(tmp_path, config):
    estimate = {"column": "points", "kind": "sum", "counts": ["n"], "top1": "t1", "top2": "t2"}
    given = FSM | {"count": [{"column": "n"}], "estimate": [estimate]}
    rows = [["yes", "400", "90000", "601", "602"], ["no", "2600", "900000", "603", "604"],
            ["all", "3000", "990000", "603", "604"]]  # fmt: skip
    header = ["fsm", "n", "points", "t1", "t2"]
    name = packed(write_request(tmp_path / "r", given=given, rows=rows, header=header), config)
    decide(name, config)
    package = store_of(config).package(name)
    text = b"".join(p.read_bytes() for p in package.rglob("*.*") if p.suffix != ".png").decode()

    assert (config.out_path / name / "T3.csv").read_text("utf-8").splitlines()[0] == "fsm,n,points"
    assert not [found for found in ("601", "602", "603", "604", "t1", "t2") if f'"{found}"' in text
                or f",{found}" in text]  # fmt: skip


def test_a_release_is_public_from_its_approval_on_and_never_where_it_was_refused(tmp_path, config):
    store = store_of(config)
    name = packed(write_request(tmp_path / "r"), config)
    store.register(name, unpacking.released_of(store.package(name), name))
    assert store.releases() == []  # a process died between the register and the decision

    decide(name, config, is_approved=False)
    assert store.releases() == []
    other = packed(write_request(tmp_path / "s", "T4", FSM | {"universe": "another"}), config)
    decide(other, config)
    assert [(one.package, one.titles) for one in store.releases()] == [(other, (FSM["title"],))]


def test_a_release_is_for_its_owner_s_eyes(tmp_path, config):
    name = packed(write_request(tmp_path / "r"), config)
    decide(name, config)
    files = [*config.release_path.rglob("*"), *config.out_path.rglob("*")]

    assert files
    assert not [path for path in files if path.stat().st_mode & 0o077]


# --------------------------------------------------------------------------- the verifier


def test_the_verifier_is_short_and_needs_numpy_and_scipy_only():
    text = Path(verifier.__file__).read_text("utf-8")
    imports = {line.split()[1].split(".")[0] for line in text.splitlines()
               if line.startswith(("import ", "from "))}  # fmt: skip

    assert len(text.splitlines()) <= 150
    assert imports <= {"csv", "hashlib", "itertools", "json", "sys", "pathlib", "typing",
                       "collections", "numpy", "scipy"}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("yes,400,7,1.8,0.5,4.0", "n_level2 is shown below 10"),
        ("yes,400,[c],1.8,0.5,4.0", "level2 is shown, a count behind it is not"),
        ("yes,400,[c],[c],[c],[c]", "can be worked out"),
    ],
)
def test_the_verifier_finds_what_should_not_have_left(tmp_path, config, line, said):
    with pytest.raises(ReleaseCorrectedError, match="package"):
        check(write_request(tmp_path / "r", rows=SMALL), config)
    (package,) = (config.release_path / "packages").iterdir()
    assert verifier.problems_of(package) == []
    table = package / "outputs" / "T3.csv"
    header, *_ = table.read_text("utf-8").splitlines()
    rest = ["no,2600,1620,62.0,60.2,63.8", "all,3000,1627,54.2,52.5,55.9"]
    table.write_text("\n".join([header, line, *rest]) + "\n", "utf-8")

    assert [one for one in verifier.problems_of(package) if said in one]


def test_the_verifier_finds_a_decision_by_the_analyst(tmp_path, config):
    package = check(write_request(tmp_path / "r"), config)
    body = {"checker": "analyst", "reason": "mine"}
    (package / "decision.json").write_text(json.dumps({"body": body}), "utf-8")

    assert "decision.json: the checker is the analyst, or gives no reason" in (
        verifier.problems_of(package)
    )


# ------------------------------------------------------------------------- the exit codes


def test_approved_corrected_refused_and_unusable_are_exit_codes_of_their_own(tmp_path):
    lake = tmp_path / "lake"
    lsoa = FSM | {"classification": [FSM["classification"][0] | {"geography": "lsoa"}]}
    bad = write_request(tmp_path / "bad")
    (bad / "T3.json").unlink()

    def code(folder):
        return door.check_outputs(folder, "local", lake)

    assert code(write_request(tmp_path / "right")) == 0
    assert code(write_request(tmp_path / "small", "T4", rows=SMALL)) == 62
    assert code(write_request(tmp_path / "lsoa", "T5", given=lsoa)) == 63
    assert code(bad) == 64
    name = sorted((lake / "research" / "release" / "packages").iterdir())[0].name
    assert door.decide_outputs(name, "safe", "local", lake, is_approved=True) == 65
    assert door.verify_outputs(name, "local", lake) == 0
    assert door.verify_outputs("nothing", "local", lake) == 66
