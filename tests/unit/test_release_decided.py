"""Release: a decision that is cut short, and two at once."""

import pytest

from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.locks import held_alone
from attainment_linkage.adapters.release_store import ReleaseStore
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.domain.errors import DecisionRefusedError, DiskFullError, RunLockedError
from attainment_linkage.stages.release import check, decision
from attainment_linkage.stages.release.store import store_of
from tests.outputs import write_request


@pytest.fixture
def config(tmp_path):
    return load("local", lake_override(tmp_path / "lake"))


def packed(folder, config):
    return check.check(folder, config, "analyst", RunLog()).name


def decide(name, config):
    decision.decide(name, config, "checker", "safe", RunLog(), is_approved=True)


@pytest.mark.parametrize("act", ["decide", "copy_out"])
def test_an_approval_cut_short_is_finished_by_the_same_command(tmp_path, config, monkeypatch, act):
    name = packed(write_request(tmp_path / "r"), config)

    def full(*_):
        raise DiskFullError("release: no space is left on the device")

    with monkeypatch.context() as starved:
        starved.setattr(ReleaseStore, act, full)
        with pytest.raises(DiskFullError, match="no space"):
            decide(name, config)
    assert not (config.out_path / name).exists()
    decide(name, config)

    assert (config.out_path / name / "T3.csv").is_file()
    assert len(store_of(config).registered()) == 1
    with pytest.raises(DecisionRefusedError, match="was approved by checker"):
        decide(name, config)


def test_two_decisions_are_made_one_after_the_other(tmp_path, config):
    name = packed(write_request(tmp_path / "r"), config)

    with held_alone(store_of(config).home, 5.0), pytest.raises(RunLockedError, match="holds it"):
        decide(name, config)
    decide(name, config)
