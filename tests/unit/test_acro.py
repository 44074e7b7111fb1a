"""acro: a folder its ``finalise`` wrote is read; one that is written, acro itself can load."""

import builtins

import numpy as np
import pandas as pd
import pytest
from acro import ACRO
from acro.record import load_records

from attainment_linkage.adapters.acro_folder import SESSION
from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.outputs import read_outputs
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.domain.errors import OutputUnusableError, ReleaseCorrectedError
from attainment_linkage.stages import release
from tests.outputs import rules

DESCRIBED = 'universe = "KS4"\npopulation = "drawn people"\nweights = "none"\n'


def session(folder, monkeypatch, *, is_mean=False):
    """What a researcher with acro leaves: a table of counts, and perhaps one of means."""
    monkeypatch.setattr(builtins, "input", lambda *_: "a reason")
    generator = np.random.default_rng(1)
    people = pd.DataFrame(
        {
            "sex": generator.choice(["f", "m"], 500),
            "fsm": generator.choice(["yes", "no"], 500, p=[0.02, 0.98]),
            "points": generator.gamma(2, 100, 500),
        }
    )
    acro = ACRO(suppress=False)
    acro.crosstab(people.sex, people.fsm, margins=True)
    if is_mean:
        acro.crosstab(people.sex, people.fsm, values=people.points, aggfunc="mean")
    acro.finalise(str(folder), "json")
    return people


def test_counts_of_an_acro_session_are_read_as_they_are(tmp_path, monkeypatch):
    people = session(tmp_path / "fin", monkeypatch)
    (tmp_path / "fin" / SESSION).write_text(DESCRIBED, "utf-8")
    (table,) = read_outputs(tmp_path / "fin", rules())

    assert table.description.variables == ("sex", "fsm")
    assert table.count(("f", "All"), "n") == (people.sex == "f").sum()
    assert table.count(("All", "yes"), "n") == (people.fsm == "yes").sum()


def test_a_session_without_its_description_and_one_with_means_are_refused(tmp_path, monkeypatch):
    session(tmp_path / "fin", monkeypatch, is_mean=True)

    with pytest.raises(OutputUnusableError, match=f"Bring {SESSION} beside its files"):
        read_outputs(tmp_path / "fin", rules())
    (tmp_path / "fin" / SESSION).write_text(DESCRIBED, "utf-8")
    with pytest.raises(OutputUnusableError, match="output_1: acro kept no counts"):
        read_outputs(tmp_path / "fin", rules())


def test_acro_itself_loads_the_folder_that_is_written(tmp_path, monkeypatch):
    session(tmp_path / "fin", monkeypatch)
    (tmp_path / "fin" / SESSION).write_text(DESCRIBED, "utf-8")
    config = load("local", lake_override(tmp_path / "lake"))
    with pytest.raises(ReleaseCorrectedError, match="withheld"):
        release.check(tmp_path / "fin", config, "analyst", RunLog())
    (package,) = (config.release_path / "packages").iterdir()
    records = load_records(str(package / "record" / "acro"))
    (record,) = records.results.values()

    assert record.status == "review"
    assert "[c]" in record.output[0].to_numpy()
