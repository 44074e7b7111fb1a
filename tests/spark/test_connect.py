"""Spark Connect: the hot path needs no JVM of its own, and gives the same links without one."""

import json
import os
import subprocess
import sys

from tests.connected import linked


def test_the_links_are_the_same_under_spark_connect(spark, tmp_path):
    words = [sys.executable, "-m", "tests.connected", str(tmp_path / "connected")]
    environment = os.environ | {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    here = linked(spark, tmp_path / "here")
    done = subprocess.run(
        words, env=environment, capture_output=True, text=True, check=False, timeout=600
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert len(here) > 4_000
    assert json.loads(done.stdout.splitlines()[-1]) == json.loads(json.dumps(here))
