"""Handover: a package reaches a checker who may not read what the analyst's commands make."""

import json
import zipfile
from dataclasses import replace

import pytest

from attainment_linkage.adapters import handover as files
from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.registers import this_user
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.disclosure.rules import Rule
from attainment_linkage.domain.errors import (
    DecisionRefusedError,
    LakeUnwritableError,
    PackageBrokenError,
    ReleaseRefusedError,
)
from attainment_linkage.stages.release import check, decision, handover, store
from tests.outputs import FSM, rules, write_request


@pytest.fixture
def configs(tmp_path):
    """The analyst's and the checker's configuration: each has a lake of their own."""
    return [load("local", lake_override(tmp_path / who)) for who in ("analyst", "checker")]


@pytest.fixture
def shared(tmp_path):
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


def handed(config, tmp_path, shared, who=None, *output):
    """A file with a package of one table, as the analyst hands it over."""
    request = write_request(tmp_path / "request" / str(len(output)), *output)
    package = check.check(request, config, who or this_user(), RunLog())
    return handover.hand(package.name, shared, config, RunLog())


def decide(name, config, who="checker"):
    decision.decide(name, config, who, "safe", RunLog(), is_approved=True)


def test_what_is_handed_over_leaves_from_the_checkers_own_lake(configs, tmp_path, shared):
    analyst, checker = configs
    file = handed(analyst, tmp_path, shared)
    name = handover.take(file, checker, RunLog())

    assert file.stat().st_mode & 0o777 == 0o640
    with pytest.raises(DecisionRefusedError, match="who cannot decide on it"):
        decide(name, checker, this_user())
    decide(name, checker)
    assert (checker.out_path / name / "T3.csv").is_file()
    assert not analyst.out_path.exists()
    assert store.store_of(analyst).registered() == []
    with pytest.raises(DecisionRefusedError, match="was approved by checker"):
        handover.take(file, checker, RunLog())
    with pytest.raises(LakeUnwritableError, match=r"\.zip"):
        handover.hand(name, shared, analyst, RunLog())  # no file is written over


def test_the_checkers_register_is_the_one_that_counts(configs, tmp_path, shared):
    """The analyst's own check knows nothing of what was released: all but four pupils."""
    analyst, checker = configs
    decide(handover.take(handed(analyst, tmp_path, shared), checker, RunLog()), checker)
    of_some = FSM | {"filter": FSM["filter"] | {"sex": ["f"]}}
    rows = [
        ["yes", "396", "136", "34.6", "30.1", "39.4"],
        ["no", "2600", "1620", "62.0", "60.2", "63.8"],
        ["all", "2996", "1756", "58.2", "56.5", "59.9"],
    ]
    file = handed(analyst, tmp_path, shared, None, "T3some", of_some, rows)
    taken = handover.take(file, checker, RunLog())

    with pytest.raises(ReleaseRefusedError, match="released since it was checked"):
        decide(taken, checker)


def rewritten(file, change):
    """The file with the members that a change makes of them."""
    with zipfile.ZipFile(file) as book:
        held = {one.filename: book.read(one) for one in book.infolist()}
    with zipfile.ZipFile(file, "w") as book:
        for name, content in change(held).items():
            book.writestr(name, content)
    return file


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda held: held | {"outputs/T3.csv": b"fsm,n\n"}, "not as it was packed"),
        (lambda held: held | {"outputs/more.csv": b"fsm,n\n"}, "not as it was packed"),
        (lambda held: held | {"../out/T3.csv": b"fsm,n\n"}, r"as a package \(ValueError\)"),
        (lambda held: {"T3.csv": b"fsm,n\n"}, r"as a package \(KeyError\)"),
    ],
)
def test_a_file_that_was_changed_is_not_taken(configs, tmp_path, shared, change, said):
    analyst, checker = configs
    file = rewritten(handed(analyst, tmp_path, shared), change)

    with pytest.raises(PackageBrokenError, match=said):
        handover.take(file, checker, RunLog())
    assert store.store_of(checker).packages() == []


def test_a_package_that_does_not_hold_is_not_taken_though_its_manifest_is_made_anew(
    configs, tmp_path, shared
):
    analyst, checker = configs

    def repacked(held):
        table = held["outputs/T3.csv"].replace(b"yes,400,140", b"yes,400,7")
        listed = json.loads(held[files.MANIFEST])
        listed["body"]["files"]["outputs/T3.csv"] = files.hashlib.sha256(table).hexdigest()
        return held | {"outputs/T3.csv": table, files.MANIFEST: json.dumps(listed).encode()}

    with pytest.raises(PackageBrokenError, match="is shown below 10"):
        handover.take(rewritten(handed(analyst, tmp_path, shared), repacked), checker, RunLog())
    assert store.store_of(checker).packages() == []


def test_it_is_taken_only_from_its_analyst_and_only_by_the_same_rules(
    configs, tmp_path, shared, monkeypatch
):
    analyst, checker = configs
    with pytest.raises(DecisionRefusedError, match="its form names another analyst"):
        handover.take(handed(analyst, tmp_path, shared, "somebody"), checker, RunLog())
    file = handed(analyst, tmp_path, shared)
    stricter = replace(rules(), minimum_count=Rule("suppress", "ours", 15))
    monkeypatch.setattr(handover, "read_rules", lambda _: stricter)

    with pytest.raises(PackageBrokenError, match="by other rules than these: threshold"):
        handover.take(file, checker, RunLog())


def test_a_store_that_another_person_may_not_read_is_named_with_the_way_to_hand_over(
    configs, monkeypatch
):
    def shut(_):
        raise PermissionError

    monkeypatch.setattr(store.store_of(configs[0]).home.__class__, "is_dir", shut)
    with pytest.raises(PackageBrokenError, match="Have it handed over: release hand"):
        store.verified("a" * 12, configs[0])
