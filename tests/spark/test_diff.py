"""Diff: what became of each pupil's link between two runs, by matchkey and by group."""

import pytest
from pyspark.sql import functions as F

from attainment_linkage.adapters import delta
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import RunUnknownError
from attainment_linkage.domain.measure_tables import CHARACTERISTICS
from attainment_linkage.domain.road import MEASURE
from attainment_linkage.stages.closing import report_path
from attainment_linkage.stages.diff import DIFF, compare
from attainment_linkage.steps import diff
from tests.research_lake import generated

BEFORE = """
    attainment_id | census_id | weight_band | matchkey_number | missing_field | is_mover | is_twin
    same          | C1        | 20          | 0               | none          | false    | false
    lost          | C2        | 8           | 3               | none          | false    | false
    changed       | C3        | 8           | -               | none          | false    | false
    gained        | -         | -           | -               | none          | false    | false
    never         | -         | -           | -               | none          | false    | false
    old_pupil     | C9        | 8           | -               | none          | false    | false
"""
AFTER = """
    attainment_id | census_id | weight_band | matchkey_number | missing_field | is_mover | is_twin
    same          | C1        | 20          | 0               | none          | false    | false
    lost          | -         | -           | -               | none          | false    | false
    changed       | C4        | 8           | 2               | none          | false    | false
    gained        | C5        | 8           | 0               | none          | false    | false
    never         | -         | -           | -               | none          | false    | false
"""


def test_links_are_gained_lost_changed_or_the_same_by_key_and_group(rows, spark):
    sexes = {"same": "F", "lost": "F", "changed": "M", "gained": "M", "never": "M"}
    pupils = spark.createDataFrame(
        [(pupil, *([sex] * len(CHARACTERISTICS))) for pupil, sex in sexes.items()],
        ["attainment_id", *CHARACTERISTICS],
    )
    counted = diff.changes(
        *(rows(tables.LINK_SPINE, drawn, is_partial=True) for drawn in (BEFORE, AFTER)), pupils
    )
    found = {}
    for row in counted.collect():
        found.setdefault(row.characteristic, {})[row.category, row.change] = row.pupils

    assert set(found) == {"all", "matchkey", *CHARACTERISTICS}
    assert found["all"] == {
        ("all", "same"): 1, ("all", "lost"): 2, ("all", "changed"): 1, ("all", "gained"): 1,
    }  # fmt: skip
    assert found["matchkey"] == {
        ("1", "same"): 1, ("4", "lost"): 1, ("none", "lost"): 1, ("3", "changed"): 1,
        ("1", "gained"): 1,
    }  # fmt: skip
    assert found["sex"] == {
        ("F", "same"): 1, ("F", "lost"): 1, ("M", "changed"): 1, ("M", "gained"): 1,
        ("not known", "lost"): 1,
    }  # fmt: skip


def published(lake, run, frames):
    """A run of these tables in the attributes root, as ``run`` publishes one."""
    lines = []
    for table in MEASURE.reads:
        path = lake.table_path(table, run)
        delta.write(frames[table.name], path, table, f"test:{run}")
        place = path.relative_to(lake.root(tables.ATTRIBUTES))
        lines.append({"name": table.name, "path": str(place), "version": 0, "stage_key": run})
    with lake.locked() as locked:
        locked.publish(tables.ATTRIBUTES, run, lines)


def test_two_runs_are_compared_in_the_attributes_root_alone(spark, config, capsys):
    config = config.only(DIFF.roots)
    lake = Lake.open(config.lake, DIFF.roots)
    frames = generated(spark, 200)
    published(lake, "run-one", frames)
    linked = frames["link_spine"].where("census_id is not null")
    first = [row.attainment_id for row in linked.orderBy("attainment_id").limit(12).collect()]
    is_lost = F.col("attainment_id").isin(first)
    fewer = F.when(~is_lost, F.col("census_id"))
    spine = frames["link_spine"].withColumn("census_id", fewer)
    published(lake, "run-two", {**frames, "link_spine": spine})

    [every] = [one for one in compare(config, "run-one", "run-two", spark=spark)
               if one.characteristic == "all"]  # fmt: skip

    assert (every.gained, every.lost, every.changed) == (0, 12, 0)
    page = report_path(config, "run-one").with_name("diff-run-one-run-two.html")
    text = page.read_text("utf-8")
    assert "0 links gained, 12 lost, 0 to another person" in text
    assert not any(one in text + capsys.readouterr().out for one in first)
    with pytest.raises(
        RunUnknownError, match=r"run-six is not in this lake.*It has run-one, run-t"
    ):
        compare(config, "run-one", "run-six", spark=spark)
