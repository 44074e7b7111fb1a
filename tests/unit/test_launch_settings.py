"""Launch settings: one file, read as spark-submit reads it, says what must hold at launch."""

from __future__ import annotations

import os

import pytest

from attainment_linkage.adapters import session
from attainment_linkage.adapters.config import load


def settings(**launch):
    return session.launch_settings(load("local"), launch)


def test_deltas_jar_is_taken_and_only_what_spark_does_not_ship_beside_it():
    found = settings()

    assert found["spark.jars.packages"] == "io.delta:delta-spark_4.1_2.13:4.4.0"
    excluded = found["spark.jars.excludes"].split(",")
    assert {"org.apache.*:*", "com.fasterxml.*:*", "org.slf4j:*", "org.xerial.*:*"} <= set(excluded)
    kept = ("io.delta", "io.unitycatalog", "org.roaringbitmap", "com.google.code.findbugs")
    assert not any(one.split(":")[0].rstrip(".*") in kept for one in excluded)


def test_nothing_of_a_row_leaves_by_a_footer_a_log_a_dump_or_a_page():
    found = settings()

    assert found["spark.hadoop.parquet.column.statistics.enabled"] == "false"
    assert found["spark.hadoop.fs.permissions.umask-mode"] == "077"
    assert found["spark.io.encryption.enabled"] == "true"
    assert found["spark.eventLog.enabled"] == "false"
    assert found["spark.ui.enabled"] == "false"
    options = found["spark.driver.extraJavaOptions"].split()
    assert "-XX:-HeapDumpOnOutOfMemoryError" in options
    assert "-XX:-CreateCoredumpOnCrash" in options


def test_the_heap_of_the_file_is_the_one_the_configuration_asks_for():
    assert settings()["spark.driver.memory"] == f"{load('local').spark.driver_memory_gib:g}g"


def test_a_result_is_bounded_below_the_heap_that_has_to_hold_it():
    bound, heap = (
        int(settings()[name].removesuffix("g"))
        for name in ("spark.driver.maxResultSize", "spark.driver.memory")
    )

    assert 0 < bound < heap


def test_plain_python_logs_to_its_private_log_and_finds_the_file_from_anywhere(
    monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)

    options = settings()["spark.driver.extraJavaOptions"].split()

    (given,) = [one for one in options if one.startswith("-Dlog4j2.configurationFile=")]
    assert given.startswith("-Dlog4j2.configurationFile=file:///")
    assert given.endswith("/conf/log4j2.properties")
    assert "-Dattainment.log.level=warn" in options


def test_under_spark_submit_sparks_log_is_off():
    text = (session.conf_folder() / "log4j2.properties").read_text(encoding="utf-8")

    assert "rootLogger.level = ${sys:attainment.log.level:-off}" in text


def test_a_launch_setting_can_be_replaced():
    assert settings(**{"spark.driver.memory": "2g"})["spark.driver.memory"] == "2g"
    assert settings(**{"spark.master": "local[1]"})["spark.master"] == "local[1]"
    assert settings()["spark.master"] == "local[*]"


@pytest.mark.parametrize(
    ("given", "tasks"),
    [
        ({"master": "local[3]"}, 3),
        ({"master": "local[3, 2]"}, 3),
        ({"master": "local"}, 1),
        ({"master": "local[*]"}, os.cpu_count()),
        ({"master": "", "shuffle_partitions": 40}, 40),
        ({"master": "local[3]", "parallel_tasks": 7}, 7),
    ],
)
def test_tasks_at_once_follow_from_the_configuration_alone(given, tasks):
    assert session.tasks_at_once(load("local", {"spark": given})) == tasks
