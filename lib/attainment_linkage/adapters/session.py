"""Session: opens the one Spark session of a run, and checks that it is what the road needs.

Launch-time settings have one home, ``conf/spark-defaults.conf``. spark-submit is given it
by ``--properties-file``; under plain Python this module passes the same file to the builder.
Run-time settings come from the TOML configuration in both cases.

This is the one module that touches the JVM.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyspark import SparkContext, accumulators
from pyspark.logger import PySparkLogger
from pyspark.sql import SparkSession

from attainment_linkage.adapters import workplace
from attainment_linkage.adapters.faults import is_disk_full, named, safe_name
from attainment_linkage.adapters.java import check_java, remember
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import (
    DeltaMissingError,
    DiskFullError,
    EnvironmentFaultError,
    HeapTooSmallError,
    LinkageError,
)

DEFAULTS_FILE = "spark-defaults.conf"
LOGGING_FILE = "log4j2.properties"
_DELTA_CLASS = "io.delta.sql.DeltaSparkSessionExtension"
_JAVA_OPTIONS = "spark.driver.extraJavaOptions"
_QUICK_COMPILER = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m"
_HEAP_TOLERANCE = 0.9
"""Some collectors keep a survivor space out of the heap they report."""
_GIB = 1024**3
_LOGGERS_OF_ROWS = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")
"""PySpark's own loggers: they print the message of a failed query, with its row values."""

_CLASSES_OF_COLUMNS = ("functions", "PythonUtils", "PythonSQLUtils")

_LOCAL_MASTER = re.compile(r"local(?:\[(\d+|\*)[^\]]*\])?")

__all__ = ["check_java", "launch_settings", "name_jobs", "open_session", "tasks_at_once"]


@contextmanager
def open_session(
    config: Config,
    app_name: str,
    *,
    launch: Mapping[str, str] | None = None,
    is_short: bool = False,
) -> Iterator[SparkSession]:
    """The Spark session of a run, closed at its end with its folder removed.

    A session that is already open in this process is used and left open.

    Args:
        config: the configuration; ``spark`` and ``lake`` are read.
        app_name: what the cluster shows; no data.
        launch: launch-time settings in place of the file's; plain Python only.
        is_short: the work ends before the JVM's thorough compiler pays: leave it out. Of
            the 140 CPU seconds of linking the demo's records it took 73.

    Raises:
        JavaMissingError: before anything is started.
        DeltaMissingError, HeapTooSmallError: the session is not what the road needs.
        DiskFullError, EnvironmentFaultError: it could not be started.
    """
    for name in _LOGGERS_OF_ROWS:
        PySparkLogger.getLogger(name).disabled = True
    for server in (accumulators.AccumulatorTCPServer, accumulators.AccumulatorUnixServer):
        server.handle_error = _nothing_said  # type: ignore[method-assign, assignment]
    is_submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    open_already = SparkSession.getActiveSession()
    if not is_submitted and open_already is None:
        check_java()
        # tasks must run the Python that has this package, not the first one on PATH
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with workplace.run_folder(config.lake.temporary_path) as folder:
        log = folder / "spark.log"
        try:
            settings = {} if is_submitted else launch_settings(config, launch or {})
            master = _submitted_master() if is_submitted else settings["spark.master"]
            settings.update(_run_settings(config, folder, is_local=master.startswith("local")))
            if is_short and not is_submitted:
                settings[_JAVA_OPTIONS] += f" {_QUICK_COMPILER}"
            spark = open_already or _start(app_name, settings, log)
            try:
                _require_delta(spark)
                _require_heap(spark, config.spark.driver_memory_gib)
                _keep_classes(spark)
                yield spark
            finally:
                if open_already is None:
                    spark.stop()
        except Exception:
            workplace.keep_log(log, config.lake.fault_root, "spark")
            raise


def name_jobs(spark: SparkSession, name: str, summary: str) -> None:
    """Let Spark's own pages show the jobs from here on under the name of their stage."""
    spark.sparkContext.setJobGroup(name, f"{name}: {summary}")


def tasks_at_once(config: Config) -> int:
    """How many tasks the session runs at once, by its configuration alone.

    The JVM is not asked: a session of Spark Connect has none.
    """
    if config.spark.parallel_tasks:
        return config.spark.parallel_tasks
    local = _LOCAL_MASTER.fullmatch(config.spark.master)
    if local is None:
        return config.spark.shuffle_partitions
    return os.cpu_count() or 1 if local[1] == "*" else int(local[1] or 1)


def launch_settings(config: Config, instead: Mapping[str, str]) -> dict[str, str]:
    """The settings of ``conf/spark-defaults.conf``, with the master of the configuration."""
    folder = conf_folder()
    settings = dict(_properties(folder / DEFAULTS_FILE))
    settings.update(instead)
    settings.setdefault("spark.master", config.spark.master or "local[*]")
    options = settings.get(_JAVA_OPTIONS, "")
    options = options.replace(f"conf/{LOGGING_FILE}", (folder / LOGGING_FILE).as_uri())
    settings[_JAVA_OPTIONS] = f"{options} -Dattainment.log.level=warn"
    return settings


def _properties(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            key, _, value = line.strip().partition(" ")
            yield key, value.strip()


def _run_settings(config: Config, folder: Path, *, is_local: bool) -> dict[str, str]:
    """What still counts when the session is made, under spark-submit too."""
    settings = {
        "spark.sql.shuffle.partitions": str(config.spark.shuffle_partitions),
        "spark.sql.session.timeZone": config.spark.session_time_zone,
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(config.spark.arrow_batch_rows),
        "spark.databricks.delta.snapshotPartitions": str(config.spark.delta_snapshot_partitions),
    }
    if is_local:
        settings |= {
            "spark.local.dir": str(folder),
            "spark.executorEnv.TMPDIR": str(folder),
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
        }
    return settings


def _nothing_said(server: object, request: object, address: object) -> None:
    """What PySpark's thread of counters prints of a JVM that is gone: a bare traceback.

    Whoever asked the JVM next is told by an error of ours.
    """


def _start(app_name: str, settings: Mapping[str, str], log: Path) -> SparkSession:
    builder: Any = SparkSession.builder.appName(app_name)
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        with workplace.output_to(log):
            spark: SparkSession = builder.getOrCreate()
    except Exception as error:  # noqa: BLE001  Java's and Python's: all are named
        raise _not_started(error, log.read_text(encoding="utf-8", errors="replace")) from None
    remember(getattr(SparkContext._gateway, "proc", None))
    for key, value in settings.items():
        if key.startswith(("spark.sql.shuffle", "spark.sql.session", "spark.databricks")):
            spark.conf.set(key, value)
    return spark


def _not_started(error: Exception, said: str) -> LinkageError:
    if is_disk_full(error) or "No space left on device" in said:
        return DiskFullError(
            "session: Spark could not start: no space is left for its own files. Free space "
            "under lake.temporary, or name another place in conf/<env>.toml."
        )
    if "unresolved dependency" in said or "UNRESOLVED DEPENDENCIES" in said:
        return DeltaMissingError(
            "session: Delta's jars are not in the Ivy cache and could not be fetched. The first "
            "start needs the package registry; every later one runs without a network."
        )
    found = named(error, "session")
    if type(found).exit_code != EnvironmentFaultError.exit_code:
        found = EnvironmentFaultError(
            f"session: Spark could not start ({safe_name(error)}). Check JAVA_HOME and the "
            f"settings of conf/{DEFAULTS_FILE}."
        )
    return found


def _submitted_master() -> str:
    SparkContext._ensure_initialized()
    jvm: Any = SparkContext._jvm
    return str(jvm.java.lang.System.getProperty("spark.master") or "")


def _require_delta(spark: SparkSession) -> None:
    jvm: Any = spark._jvm
    try:
        jvm.java.lang.Thread.currentThread().getContextClassLoader().loadClass(_DELTA_CLASS)
        is_there = True
    except Exception:  # noqa: BLE001  whatever the class loader says, it is not there
        is_there = False
    if not is_there or _DELTA_CLASS not in (spark.conf.get("spark.sql.extensions", "") or ""):
        raise DeltaMissingError(
            "session: Delta Lake is not on the class path of this Spark session. Start the job "
            f"with spark-submit --properties-file conf/{DEFAULTS_FILE}."
        )


def _keep_classes(spark: SparkSession) -> None:
    """Let PySpark find the classes by which it builds columns without asking Java each time.

    It asks for them by bare names, and Java looks for each in all packages that PySpark imports,
    in each of some 300 jars: of the driver's planning of a small road it took a tenth.
    """
    jvm: Any = spark._jvm
    for name in _CLASSES_OF_COLUMNS:
        vars(jvm)[name] = getattr(jvm, name)


def _require_heap(spark: SparkSession, least_gib: float) -> None:
    jvm: Any = spark._jvm
    heap_gib = jvm.java.lang.Runtime.getRuntime().maxMemory() / _GIB
    if heap_gib < least_gib * _HEAP_TOLERANCE:
        raise HeapTooSmallError(
            f"session: the driver's heap is {heap_gib:.1f} GiB; spark.driver_memory_gib is "
            f"{least_gib:g}. Raise spark.driver.memory in conf/{DEFAULTS_FILE} (spark-submit "
            "--properties-file), or lower the setting in conf/<env>.toml."
        )
