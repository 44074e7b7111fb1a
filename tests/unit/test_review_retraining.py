"""Review retraining: decided matches move m towards what they showed, and nothing else."""

import pytest

from attainment_linkage.adapters import review_files
from attainment_linkage.core.default_model import model_for
from attainment_linkage.core.levels import comparison, home_level, level, null, otherwise, telling
from attainment_linkage.core.review.decisions import Row
from attainment_linkage.core.review.retraining import evidence, with_evidence
from attainment_linkage.core.road_sides import ATTAINMENT_SIDE, CENSUS_SIDE
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import ReviewError
from attainment_linkage.domain.review import EVIDENCE
from attainment_linkage.domain.road import LINK
from attainment_linkage.stages import inputs, stage_key
from attainment_linkage.stages.review import train
from attainment_linkage.steps.review_levels import level_places
from tests.review_batch import lake_with_batch

NAME = comparison(
    "name", null("n"), level("equal", "e", 0.8), level("near", "o", 0.1), otherwise(0.1)
)
BIRTH = comparison(
    "birth", home_level("equal", "he", 0.7, 0.1), level("equal", "e", 0.2), otherwise(0.1)
)
MODEL = {"comparisons": [NAME, BIRTH]}


def m_of(settings):
    return [[one["m_probability"] for one in telling(c)] for c in settings["comparisons"]]


def test_matches_move_m_by_their_number_beside_the_trained_ones():
    found = evidence([NAME, BIRTH], [[1, -1]] * 100, [1.0] * 100)
    settings, moved = with_evidence(MODEL, found, prior_matches=100)

    assert moved == 2
    assert m_of(settings) == [pytest.approx([0.4, 0.55, 0.05]), [0.7, 0.2, 0.1]]
    assert m_of(MODEL)[0] == [0.8, 0.1, 0.1]  # the given ones are left alone


def test_levels_of_one_home_are_moved_among_themselves():
    found = evidence([NAME, BIRTH], [[-1, 1]] * 30 + [[-1, 0]] * 50, [1.0] * 80)
    settings, _ = with_evidence(MODEL, found, prior_matches=30)

    home, equal, different = m_of(settings)[1]
    assert home == 0.7
    assert (equal, different) == pytest.approx((0.3 * (20 + 30) / 60, 0.3 * 10 / 60))


def test_a_match_that_stands_for_many_counts_more_and_uneven_ones_count_less_in_all():
    found = evidence([NAME], [[0], [1]], [3.0, 1.0])

    assert found["name"]["e"] == pytest.approx(3 * found["name"]["o"])
    assert sum(found["name"].values()) == pytest.approx(16 / 10)  # Kish: 4^2 / (9 + 1)


def test_evidence_of_another_model_changes_nothing():
    found = evidence([comparison("name", level("equal", "other", 0.5), otherwise(0.5))], [[0]], [1])

    assert with_evidence(MODEL, found, 10) == (MODEL, 0)


# ---------------------------------------------------------------------- from the sample to link


def decide(config, sample, decision):
    root = config.lake.root(tables.IDENTIFIERS)
    with review_files.opened(root, sample, "A") as file:
        file.add([Row(sample.batch, pair, "A", decision) for pair in sample.by_name])


def test_the_levels_that_hold_are_the_model_s_own(config):
    sample = lake_with_batch(config)
    model = model_for(ATTAINMENT_SIDE.roles.values(), CENSUS_SIDE.roles.values(), is_narrow=True)
    places = level_places(sample.pairs, model.comparisons)

    by_name = {c["output_column_name"]: n for n, c in enumerate(model.comparisons)}
    sex = {row[by_name["sex"]] for row in places}
    assert len(places) == 6
    assert sex == {0}  # all agree
    for pair, row in zip(sample.pairs, places, strict=True):
        is_known = "middle_names" in pair.right
        assert (row[by_name["where"]] == 0) == ("AB13EF" in pair.right["postcodes"])
        assert is_known or row[by_name["middle_name"]] == -1


def test_evidence_changes_the_key_of_link_and_holds_no_name(config, monkeypatch, capsys):
    sample = lake_with_batch(config)
    root = config.lake.root(tables.IDENTIFIERS)
    lake = train.opened(config)
    monkeypatch.setattr(inputs, "stages_read", lambda *_: {})
    before, _ = stage_key.key_of(LINK, config, lake)
    with pytest.raises(ReviewError, match="of 0 decided pairs none is a match"):
        train.train(config)

    decide(config, sample, "match")
    found = train.train(config)
    after, read = stage_key.key_of(LINK, config, lake)
    assert before != after
    assert "reviewed" in read
    assert review_files.document(root, EVIDENCE)["counts"] == found
    text = review_files.document_path(root, EVIDENCE).read_text() + capsys.readouterr().out
    assert not [name for name in ("QUETZALCOATL", "SMITH", "KATHERINE") if name in text]

    review_files.document_path(root, EVIDENCE).write_text("{}")
    with pytest.raises(ReviewError, match=r"evidence\.json is not whole"):
        stage_key.key_of(LINK, config, lake)
