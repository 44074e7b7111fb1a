"""Saved model: as Splink takes it, for the same levels only, and not for records that drifted."""

import json

import numpy as np
import pytest
from splink import DuckDBAPI, Linker

from attainment_linkage.adapters import model_files
from attainment_linkage.core import training
from attainment_linkage.core.patterns import Patterns
from attainment_linkage.core.saved_model import (
    drifts,
    level_shares,
    require_fitting,
    require_near,
)
from attainment_linkage.domain.errors import ModelDriftedError, ModelRefusedError
from tests.linkage_design import febrl_model, febrl_people

MODEL = febrl_model()
SETTINGS = training.splink_settings(MODEL, 0.001)
SHARES = {"random pairs": {"surname": [0.1, 0.2, 0.7], "postcode": [0.0, 1.0]}}


def test_what_was_saved_is_read_again_and_is_what_splink_takes(tmp_path):
    path = model_files.write(
        tmp_path / "m" / "model.json", SETTINGS, {"left_records": 7, "level_shares": SHARES}
    )
    settings, manifest = model_files.read(path)

    assert settings == json.loads(json.dumps(SETTINGS))
    assert manifest["left_records"] == 7
    assert manifest["level_shares"] == SHARES
    assert path.stat().st_mode & 0o777 == 0o600
    api = DuckDBAPI()
    sides = [
        api.register(people.slice(0, 20), dataset_display_name=name)
        for name, people in zip(("a", "b"), febrl_people(), strict=True)
    ]
    assert Linker(sides, str(path), log_level=None)


@pytest.mark.parametrize("harm", ["changed", "no manifest", "absent", "no json"])
def test_a_model_that_is_not_as_it_was_saved_is_refused(tmp_path, harm):
    path = model_files.write(tmp_path / "m" / "model.json", SETTINGS, {})
    if harm == "changed":
        path.write_text(path.read_text().replace("0.001", "0.002"))
    elif harm == "no manifest":
        path.with_name("manifest.json").unlink()
    elif harm == "no json":
        path.write_text("{")
    else:
        path.unlink()

    with pytest.raises(ModelRefusedError, match=r"link\.model"):
        model_files.read(path)


def test_a_model_trained_for_other_columns_is_refused_by_their_names():
    require_fitting(SETTINGS, MODEL.comparisons)
    names = [one["output_column_name"] for one in MODEL.comparisons]
    fewer = {**SETTINGS, "comparisons": SETTINGS["comparisons"][1:]}
    with pytest.raises(ModelRefusedError, match=f"it lacks {names[0]}"):
        require_fitting(fewer, MODEL.comparisons)
    with pytest.raises(ModelRefusedError, match=f"it has {names[0]}"):
        require_fitting(SETTINGS, MODEL.comparisons[1:])
    other = json.loads(json.dumps(SETTINGS))
    other["comparisons"][1]["comparison_levels"][1]["sql_condition"] = "false"
    with pytest.raises(ModelRefusedError, match=f"its levels differ in {names[1]}"):
        require_fitting(other, MODEL.comparisons)
    turned = {**SETTINGS, "comparisons": SETTINGS["comparisons"][::-1]}
    with pytest.raises(ModelRefusedError, match="another order"):
        require_fitting(turned, MODEL.comparisons)


def test_shares_are_of_all_pairs_the_last_of_those_that_do_not_know():
    places = np.array([[0, -1, 0, 0], [1, 0, 0, 0], [-1, 0, 0, 0]])
    shares = level_shares(Patterns(places, np.array([3.0, 1.0, 6.0])), MODEL.comparisons)

    first, second, *_ = shares.values()
    assert first == [0.3, 0.1, 0.0, 0.6]
    assert second == [0.7, 0.0, 0.0, 0.3]


def test_drift_is_the_share_of_pairs_that_would_have_to_change_and_is_refused_above_the_limit():
    now = {"random pairs": {"surname": [0.2, 0.2, 0.6], "postcode": [0.3, 0.7]}, "dob": {}}
    found = drifts(SHARES, now)

    assert [(d.comparison, d.distance) for d in found] == [("postcode", 0.3), ("surname", 0.1)]
    require_near(found, 0.3)
    with pytest.raises(ModelDriftedError, match=r"1 of 2 .* postcode 0.300 \(random pairs\)"):
        require_near(found, 0.29)
    assert drifts(SHARES, SHARES)[0].distance == 0.0
    nobody = {"random pairs": {"surname": [0.0, 0.0, 0.0]}}
    assert drifts(SHARES, nobody) == []
