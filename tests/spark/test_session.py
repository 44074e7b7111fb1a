"""Session: what the road needs is there, or one named error; what it leaves is nothing."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import textwrap

import pytest
from pyspark import accumulators

from attainment_linkage.adapters import session
from attainment_linkage.domain.errors import DeltaMissingError, HeapTooSmallError, JavaMissingError

PROGRAM = """
import json, os, sys
from pathlib import Path
from attainment_linkage.adapters.session import open_session
from tests.conftest import LAUNCH, config_for

config = config_for(Path(sys.argv[1]))
with open_session(config, "a test", launch=LAUNCH) as spark:
    keys = ["spark.sql.session.timeZone", "spark.sql.shuffle.partitions", "spark.local.dir"]
    found = {key: spark.conf.get(key) for key in keys}
    found["umask"] = os.umask(0o077)
    failing = spark.sql("select cast(concat('CANARY', id) as int) from range(9)")
    try:
        failing.write.format("noop").mode("append").save()
    except Exception as error:
        found["failed"] = type(error).__name__
print(json.dumps(found))
"""


def test_a_session_says_nothing_of_rows_and_leaves_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=session.conf_folder().parent,
    )

    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert found["failed"] == "NumberFormatException"
    assert found["spark.sql.session.timeZone"] == "UTC"
    assert found["spark.sql.shuffle.partitions"] == "2"
    assert found["spark.local.dir"].startswith(str(tmp_path / "temporary" / "run-"))
    assert found["umask"] == 0o077
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_jvm_that_is_gone_leaves_no_bare_traceback(spark, capsys):
    for server in (accumulators.AccumulatorTCPServer, accumulators.AccumulatorUnixServer):
        server.handle_error(None, None, None)

    assert capsys.readouterr().err == ""


def test_a_heap_below_the_configured_one_is_named(spark, config):
    greedy = dataclasses.replace(
        config, spark=dataclasses.replace(config.spark, driver_memory_gib=64.0)
    )

    with pytest.raises(HeapTooSmallError, match=r"heap is 1\.9 GiB; spark.driver_memory_gib is 64"):
        session.open_session(greedy, "a test").__enter__()


def test_a_session_without_delta_is_named(spark, config, monkeypatch):
    monkeypatch.setattr(session, "_DELTA_CLASS", "io.delta.sql.NoSuchClass")

    with pytest.raises(DeltaMissingError, match=r"--properties-file conf/spark-defaults\.conf"):
        session.open_session(config, "a test").__enter__()


def test_a_session_that_is_open_already_is_used_and_left_open(spark, config):
    with session.open_session(config, "a test") as same:
        assert same is spark

    assert spark.range(3).count() == 3


def test_without_java_nothing_is_started(config, monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setattr(session.SparkSession, "getActiveSession", lambda: None)

    with pytest.raises(JavaMissingError, match="cannot be run"):
        session.open_session(config, "a test").__enter__()
    assert not config.lake.temporary_path.exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("java.io.IOException: No space left on device", "DISK_FULL"),
        ("unresolved dependency: io.delta#delta-spark_4.1_2.13;4.4.0: not found", "DELTA_MISSING"),
        ("Could not reserve enough space for object heap", "ENVIRONMENT_FAULT"),
    ],
)
def test_a_session_that_could_not_start_says_why(said, code):
    found = session._not_started(RuntimeError("[JAVA_GATEWAY_EXITED]"), said)

    assert found.code == code
    assert str(found).startswith("session: ")
