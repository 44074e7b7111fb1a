"""Train: the same model again, on samples, and a refusal where nothing can be trained."""

import pytest

from attainment_linkage.adapters.scratch import Fetching
from attainment_linkage.core import training
from attainment_linkage.domain.errors import TrainingError
from attainment_linkage.steps import block, train
from tests.linkage_design import RECORD_DDL, counts_alone, febrl_model, febrl_people

MODEL = febrl_model()
PRIOR = 5_000 / 25e6


@pytest.fixture(scope="module")
def records(spark):
    left, right = (
        spark.createDataFrame(people.to_pylist(), RECORD_DDL) for people in febrl_people()
    )
    return block.linkage_records(left, right, MODEL.columns).localCheckpoint()


@pytest.fixture(scope="module")
def counts():
    return counts_alone(*febrl_people(), MODEL.training_rules)


def probabilities(trained, name):
    return [
        level[name]
        for comparison in trained.settings["comparisons"]
        for level in comparison["comparison_levels"]
        if not level.get("is_null_level")
    ]


def test_neither_the_order_of_rows_nor_their_way_here_moves_the_model(records, counts, tmp_path):
    budget = training.TrainingBudget(random_pairs=100_000)
    turned = records.orderBy("surname").repartition(3, "suburb")
    first, again = (
        train.trained_model(r, MODEL, counts, (5_000, 5_000), PRIOR, budget, fetch)
        for r, fetch in ((records, train.BY_JAVA), (turned, Fetching(tmp_path)))
    )

    assert first.settings["comparisons"] == again.settings["comparisons"]
    assert first.untrained_comparisons == ()


def test_samples_are_the_same_from_all_records_and_from_what_was_drawn_once(
    records, counts, tmp_path, monkeypatch
):
    budget = training.TrainingBudget(2_000, random_pairs=100_000, session_records=1_000)
    sizes = (5_000, 5_000)
    together = train.trained_model(records, MODEL, counts, sizes, PRIOR, budget, Fetching(tmp_path))
    monkeypatch.setattr(train, "_MOST_KEPT", -1.0)  # from all records, for each sample
    alone = train.trained_model(records, MODEL, counts, sizes, PRIOR, budget)

    assert alone == together
    assert sum(alone.session_pairs) > 100
    (drawn,) = tmp_path.iterdir()
    assert 2_000 < records.sparkSession.read.parquet(str(drawn)).count() < 5_000


def test_a_sample_gives_nearly_the_model_of_everything(records, counts):
    everything = train.trained_model(
        records,
        MODEL,
        counts,
        (5_000, 5_000),
        PRIOR,
        training.TrainingBudget(random_pairs=1_000_000),
    )
    sampled = train.trained_model(
        records,
        MODEL,
        counts,
        (5_000, 5_000),
        PRIOR,
        training.TrainingBudget(random_records=5_000, random_pairs=1_000_000, session_pairs=1_500),
    )

    assert sampled.session_pairs == (1_500, 1_500)
    pairs = zip(
        probabilities(everything, "m_probability"),
        probabilities(sampled, "m_probability"),
        strict=True,
    )
    assert max(abs(a - b) for a, b in pairs) < 0.05


def test_rules_that_form_no_pair_train_nothing_and_say_so(records):
    with pytest.raises(TrainingError, match="none of 2 training rules could train"):
        train.trained_model(records, MODEL, {}, (5_000, 5_000), PRIOR, training.TrainingBudget())
