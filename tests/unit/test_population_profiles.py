"""Profiles and slips: rates are checked at once, a slip always changes what it touches."""

import numpy as np
import pyarrow as pa
import pytest

from attainment_linkage.core import population as core
from attainment_linkage.core.population import curves, slips, variants
from attainment_linkage.domain.errors import ConfigError
from tests.population_sample import document

NAMES = pa.array(["Li", "Jack", "Mohammed", "O'Brien", "Aaron", "Charlotte", None] * 300)


@pytest.mark.parametrize("name", ["realistic", "hard"])
def test_the_profiles_of_conf_are_whole(name):
    profile = core.profile_named(document(), name)
    assert profile.families.siblings == tuple(document()["shared"]["families"]["siblings"])
    assert profile.recording.sex_differs == document()[name]["recording"]["sex_differs"]


def test_a_profile_overlays_what_all_share():
    realistic = core.profile_named(document(), "realistic")
    hard = core.profile_named(document(), "hard")
    assert hard.coverage.people_missed != realistic.coverage.people_missed
    assert hard.moves == realistic.moves


def test_every_wrong_rate_is_named_at_once():
    wrong = document()
    wrong["hard"]["recording"] |= {"sex_differs": 1.5, "typos": 0.1}
    wrong["shared"]["moves"]["move_distance"] = [0.5, 0.1]
    wrong["shared"]["families"].pop("middle_names")
    wrong["shared"]["names"] = {}
    with pytest.raises(ConfigError, match="5 rates are wrong") as refusal:
        core.profile_named(wrong, "hard")
    for problem in (
        "recording.sex_differs is 1.5",
        "recording.typos is not known",
        "moves.move_distance is [0.5, 0.1], not 5 shares",
        "families.middle_names is missing",
        "names is not a group",
    ):
        assert problem in str(refusal.value)


@pytest.mark.parametrize("name", ["easy", "shared"])
def test_an_unknown_profile_is_refused_with_those_there_are(name):
    with pytest.raises(ConfigError, match="there are hard, realistic"):
        core.profile_named(document(), name)


@pytest.mark.parametrize("curve", [curves.SURNAMES, curves.BOYS, curves.GIRLS])
def test_name_curves_pass_through_their_published_points(curve):
    shares = curves.shares_by_rank(curve)
    assert len(shares) == curve.length
    assert (np.diff(shares) <= 1e-9).all()
    for rank, share in (*curve.points, (curve.length, 1.0)):
        assert shares[:rank].sum() == pytest.approx(share, abs=1e-9)
    assert (shares**2).sum() == pytest.approx(curve.equal_pairs, rel=0.02)


def test_a_slip_changes_its_row_and_no_other():
    rng = np.random.default_rng(5)
    rows = np.arange(len(NAMES)) % 2 == 0
    slipped = slips.mistyped(rng, NAMES, rows)
    for before, after, is_chosen in zip(NAMES.to_pylist(), slipped.to_pylist(), rows, strict=True):
        assert (before != after) == (is_chosen and before is not None)


def test_a_slip_is_of_one_letter_and_keeps_those_before_its_place():
    rng = np.random.default_rng(6)
    names = pa.array(["Charlotte"] * 500)
    slipped = slips.mistyped(rng, names, np.ones(500, dtype=bool), first=2).to_pylist()
    assert all(name.startswith("Ch") for name in slipped)
    assert {len(name) for name in slipped} == {8, 9, 10}
    assert len(set(slipped)) > 60


def test_dates_survive_the_way_to_parts_and_text():
    days = np.arange(-9_000, 15_060, 37)
    assert (slips.days_of(*slips.date_parts(days)) == days).all()
    texts = slips.date_digits(days).view("S10").ravel().astype(str)
    assert (texts == days.astype("datetime64[D]").astype(str)).all()
    slashed = slips.slashed(slips.date_digits(days)).view("S10").ravel().astype(str)
    assert [f"{d[6:]}-{d[3:5]}-{d[:2]}" for d in slashed] == texts.tolist()


def test_a_day_past_the_end_of_its_month_becomes_the_last():
    february = slips.days_of(np.array([1995]), np.array([2]), np.array([31]))
    assert february.astype("datetime64[D]").astype(str).tolist() == ["1995-02-28"]


def test_every_name_has_a_short_form_and_listed_ones_are_used():
    assert variants.short_form("Thomas") == "Tom"
    assert variants.short_form("Kimitta") == "Kim"
    assert variants.short_form("Jo") == "Jo"
    assert variants.other_spelling("Mohammed", 0) == "Muhammad"
    assert variants.other_spelling("Smith", 0) == "Smith"
