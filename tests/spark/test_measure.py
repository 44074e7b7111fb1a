"""Measure: categories from attributes, truth by person, counts by pattern, weights by chance."""

import pandas as pd
import pytest
from chispa import assert_df_equality

from attainment_linkage.core.linkage_weights import ChanceModel
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.domain.measure_tables import CHARACTERISTICS
from attainment_linkage.domain.road import MEASURE, Stage
from attainment_linkage.stages import stage_key
from attainment_linkage.steps import measure
from tests.small_road import whole_lake

SPINE = """
    attainment_id | census_id | missing_field | is_mover | is_twin | reviewed_wrong |reviewed_missed
    right         | C1        | none          | true     | false   | -              | -
    double        | C2b       | none          | false    | true    | -              | -
    wrong         | C9        | postcode      | false    | false   | 3.5            | -
    missed        | -         | none          | false    | false   | -              | 2
    independent   | -         | several       | false    | false   | -              | -
"""
SCHOOL = """
    attainment_id | sex | ethnicity | is_fsm | sen     | year_of_birth | lsoa | idaci_score
    right         | F   | WBRI      | true   | none    | 1995          | L1   | 0.1
    double        | M   | APKN      | false  | support | 1994          | L1   | 0.2
    wrong         | F   | WBRI      | -      | -       | -             | L2   | 0.3
    missed        | M   | WBRI      | false  | none    | 1995          | L3   | -
"""
ATTAINMENT = """
    attainment_id | key_stage | sex
    right         | 4         | M
    right         | 5         | M
    independent   | 4         | F
"""
CENSUS = """
    census_id | lsoa | region
    C1        | L1   | north
    C2        | L1   | north
    C3        | L2   | south
"""
HEADER = "attainment_id string, census_id string, " + ", ".join(
    f"{name} string" for name in CHARACTERISTICS
)
HEADER += "".join(f", reviewed_{kind} double" for kind in ("right", "wrong", "missed"))
NK = measure.NOT_KNOWN
# sex, ethnic group, fsm, sen, idaci fifth, region, birth year, mover, twin, missing field
MEASURED = [
    ("right", "C1", "F", "WBRI", "eligible", "none", "1", "north", "1995", "yes", "no", "none",
     None, None, None),
    ("double", "C2b", "M", "APKN", "not eligible", "support", "3", "north", "1994", "no", "yes",
     "none", None, None, None),
    ("wrong", "C9", "F", "WBRI", NK, NK, "5", "south", NK, "no", "no", "postcode",
     None, 3.5, None),
    ("missed", None, "M", "WBRI", "not eligible", "none", NK, NK, "1995", "no", "no", "none",
     None, None, 2.0),
    ("independent", None, "F", NK, NK, NK, NK, NK, NK, "no", "no", "several",
     None, None, None),
]  # fmt: skip
TRUTH = [
    ("right", "C1"),
    ("double", "C2"),
    ("wrong", "C3"),
    ("missed", "C4"),
    ("independent", None),
]


@pytest.fixture
def delivered(rows):
    return [
        rows(tables.LINK_SPINE, SPINE, is_partial=True),
        rows(tables.PUPIL_ATTAINMENT, ATTAINMENT, is_partial=True),
        rows(tables.PUPIL_CHARACTERISTICS, SCHOOL, is_partial=True),
        rows(tables.CENSUS_CHARACTERISTICS, CENSUS, is_partial=True),
    ]


def test_every_pupil_is_in_one_category_of_each_characteristic(spark, delivered):
    assert_df_equality(
        measure.measured_pupils(*delivered),
        spark.createDataFrame(MEASURED, HEADER),
        ignore_row_order=True,
        ignore_nullable=True,
    )


def test_patterns_count_links_and_what_the_truth_says_of_them(spark):
    pupils = spark.createDataFrame(MEASURED, HEADER)
    truth = spark.createDataFrame(TRUTH, "attainment_id string, census_id string")
    doubles = spark.createDataFrame([("C2b", "C2")], "census_id string, double_of string")
    judged = measure.pattern_counts(measure.with_planted_truth(pupils, truth, doubles))
    alone = measure.pattern_counts(pupils)

    def counted(patterns):
        return {
            (row["ethnic_group"], row["missing_field"], row["sex"]): tuple(row)[10:15]
            for row in patterns.collect()
        }

    # pupils, linked, judged, right, linkable
    assert counted(judged) == {
        ("WBRI", "none", "F"): (1, 1, 1, 1, 1),
        ("APKN", "none", "M"): (1, 1, 1, 1, 1),
        ("WBRI", "postcode", "F"): (1, 1, 1, 0, 1),
        ("WBRI", "none", "M"): (1, 0, 1, 0, 1),
        (NK, "several", "F"): (1, 0, 1, 0, 0),
    }
    assert {counts[2:] for counts in counted(alone).values()} == {(0, 0, 0)}
    decided = {row["missing_field"]: tuple(row)[18:] for row in alone.where("sex = 'F'").collect()}
    # reviewed, squares, decided: of the links that are wrong, then of the matches missed
    assert decided["postcode"] == (3.5, 12.25, 1, 0.0, 0.0, 0)
    [missed] = alone.where("sex = 'M' and ethnic_group = 'WBRI'").collect()
    assert tuple(missed)[18:] == (0.0, 0.0, 0, 2.0, 4.0, 1)


def test_groups_name_their_pupils_in_order(spark):
    pupils = spark.createDataFrame(MEASURED, HEADER)
    found = {tuple(row)[:2]: row["pupils"] for row in
             measure.pupils_of_groups(pupils, ["sex", "ethnic_group"]).collect()}  # fmt: skip

    assert found == {
        ("F", "WBRI"): ["right", "wrong"],
        ("M", "APKN"): ["double"],
        ("M", "WBRI"): ["missed"],
        ("F", NK): ["independent"],
    }


def test_a_weight_is_the_inverse_of_the_chance_cut_and_scaled(spark):
    effects = {"sex": {"F": 0.0, "M": -2.0}, "region": {"north": 0.0, "south": 5.0, NK: 0.0}}
    model = ChanceModel(0.0, effects, largest=4.0, scale=1.5, trimmed=1, design_effect=1.0)
    weighed = measure.linkage_weights(spark.createDataFrame(MEASURED, HEADER), model).collect()

    assert {row["attainment_id"]: tuple(row)[1:] for row in weighed} == {
        "right": (0.5, 3.0, False),
        "double": (0.119203, 6.0, True),
        "wrong": (0.993307, 1.510107, False),
    }


def test_names_the_missing_column_before_any_spark_job(delivered):
    delivered[2] = delivered[2].drop("is_fsm")

    with pytest.raises(MissingColumnsError, match="pupil_characteristics lacks is_fsm"):
        measure.measured_pupils(*delivered)


def test_it_opens_the_attributes_root_alone_and_reads_nothing_personal():
    assert MEASURE.roots == (tables.ATTRIBUTES,)
    assert not any(table.has_personal_columns for table in MEASURE.reads)


def test_another_truth_is_another_key(config):
    judging = Stage("judging", "", (), (), (), reads_truth=True)
    keys = []
    for planted in (None, "one", "other"):
        if planted:
            config.truth_path.mkdir(parents=True, exist_ok=True)
            pd.DataFrame({"census_id": [planted]}).to_parquet(config.truth_path / "part")
        keys.append(stage_key.key_of(judging, config, whole_lake(config))[0])

    assert len(set(keys)) == 3
