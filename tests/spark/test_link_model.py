"""Link model: trained once and saved, used again as it was, refused where records drifted."""

from dataclasses import replace

import pytest
from pyspark.sql import functions as F

from attainment_linkage.core.matchkeys import Ladder
from attainment_linkage.domain.errors import ModelDriftedError
from attainment_linkage.domain.road import LINK
from attainment_linkage.stages import link_model, link_plan, linkage
from attainment_linkage.stages.runner import StageRun
from tests.conftest import config_for
from tests.connected import POLICY
from tests.linkage_design import febrl_model, febrl_people
from tests.small_road import whole_lake

MODEL = febrl_model()


@pytest.fixture(scope="module")
def made(spark, tmp_path_factory):
    sides = [spark.createDataFrame(people) for people in febrl_people()]
    folder = tmp_path_factory.mktemp("counted")
    records = linkage.kept_records(linkage.prepared(*sides, MODEL), folder / "records")
    counted = linkage.counted(records, MODEL, POLICY, folder / "counted")
    plan = linkage.planned(MODEL, counted, POLICY)
    estimated = link_plan.estimated(MODEL, plan, POLICY)
    return link_plan.LinkPlan(records.frame, MODEL, Ladder(()), POLICY, plan, *estimated)


def run_of(spark, tmp_path, notes, model=""):
    config = config_for(tmp_path / "lake", link={"model": str(model)})
    run = StageRun(LINK, config, spark, whole_lake(config), "k", None)
    run.note = notes.__setitem__
    return run


def test_a_model_is_saved_used_again_and_refused_for_records_that_drifted(spark, made, tmp_path):
    notes = {}
    trained = link_model.model_of(run_of(spark, tmp_path, notes), made)
    (saved,) = tmp_path.rglob("model.json")
    assert set(trained.level_shares) == {"random pairs", "date_of_birth", "surname & given_name"}

    again = link_model.model_of(run_of(spark, tmp_path, notes, saved), made)
    assert again.settings == trained.settings
    assert notes["largest drift from the saved model"] == 0.0

    lost = made.records.withColumn("surname", F.when(F.col("is_left"), F.reverse("surname")))
    with pytest.raises(ModelDriftedError, match=r"surname 0\.\d+ \(date_of_birth\)"):
        link_model.model_of(run_of(spark, tmp_path, notes, saved), replace(made, records=lost))


def test_the_plan_is_told_in_counts_rule_by_rule(made):
    lines = dict(link_plan.lines(made))

    assert sum(name.startswith("rule ") for name in lines) == len(MODEL.blocking_rules)
    first = made.plan.rule_counts[0]
    said = lines["rule 0 date_of_birth & surname"]
    assert said.startswith(f"{first.candidate_pairs:,} pairs, new {first.candidate_pairs:,}; ")
    assert "largest block under 10, " in said
    size = round(made.plan.dealt_records * made.bytes_of_a_record)
    assert lines["bytes to shuffle, compressed"] == f"at most about {size:,}"
    assert 10 < made.bytes_of_a_record < 200
    assert "extrapolated" in lines["expected time"]
