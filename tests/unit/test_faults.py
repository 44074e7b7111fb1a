"""Faults: what leaves of a foreign exception is its name, never a row value."""

from __future__ import annotations

import errno
import subprocess
import sys

import pytest
from pyspark.errors import PySparkException, PythonException

from attainment_linkage.adapters import java
from attainment_linkage.adapters.faults import is_disk_full, named, safe_name
from attainment_linkage.domain.errors import (
    DiskFullError,
    LakeUnwritableError,
    MemoryFullError,
    SchemaConflictError,
    StageFailedError,
    TableConflictError,
    TrainingError,
    TransactionConflictError,
    ZoneError,
)

WORKER = """
  An exception was thrown from the Python worker. Please see the stack trace below.
Traceback (most recent call last):
  File "kernel.py", line 1, in task
duckdb.OutOfMemoryException: Out of Memory Error: could not hold 'CANARY'
"""


class JavaError(Exception):
    """As PySpark's: the reason is in Java's stack trace, beside the message."""

    def __init__(self, reason):
        super().__init__("An error occurred while calling o1.save")
        trace = f"org.apache.spark.SparkException\nCaused by: java.io.IOException: {reason}"
        vars(self)["_stackTrace"] = trace


def raised_from(outer, inner):
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "full"),
        OSError(errno.EDQUOT, "quota"),
        JavaError("No space left on device"),
        raised_from(ValueError("x"), OSError(errno.ENOSPC, "full")),
        raised_from(ValueError("x"), JavaError("Disk quota exceeded")),
    ],
)
def test_a_full_disk_is_found_anywhere_in_the_chain(error):
    assert is_disk_full(error)
    found = named(error, "link")
    assert isinstance(found, DiskFullError)
    assert str(found).startswith("link: no space is left")


def test_another_fault_is_not_a_full_disk():
    assert not is_disk_full(raised_from(ValueError("x"), JavaError("Connection reset")))


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("CANARY"),
        PythonException(WORKER),
        raised_from(ValueError("CANARY"), JavaError("x\nCaused by: java.lang.OutOfMemoryError: J")),
        JavaError("ExecutorLostFailure (executor 1) Reason: Command exited with code 52"),
        JavaError("Remote RPC client disassociated. Likely due to containers exceeding thresholds"),
        JavaError(
            "x\nj.u.c.RejectedExecutionException: Task J rejected from P[Shutting down, size"
        ),
        JavaError("Total size of 9 is bigger than spark.driver.maxResultSize (1024.0 MiB)"),
    ],
)
def test_full_memory_is_found_anywhere_in_the_chain(error):
    found = named(error, "link")

    assert isinstance(found, MemoryFullError)
    assert "CANARY" not in str(found)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("[DELTA_CONCURRENT_TRANSACTION] CANARY", TransactionConflictError),
        ("io.delta.exceptions.MetadataChangedException: CANARY", SchemaConflictError),
        ("[DELTA_PROTOCOL_CHANGED.EMPTY_DIRECTORY] CANARY", SchemaConflictError),
        ("[DELTA_CONCURRENT_APPEND.WITHOUT_HINT] CANARY", TableConflictError),
        ("org.apache.spark.sql.delta.ConcurrentWriteException: CANARY", TableConflictError),
    ],
)
def test_each_kind_of_delta_s_conflicts_has_its_name(said, kind):
    found = named(JavaError(said), "delta: writing links")

    assert type(found) is kind
    assert "CANARY" not in str(found)


def test_only_the_name_of_a_foreign_exception_leaves():
    error = raised_from(ValueError("CANARY"), KeyError("CANARY"))

    found = named(error, "link")

    assert isinstance(found, StageFailedError)
    assert "failed with ValueError." in str(found)
    assert "CANARY" not in str(found)


class Py4JNetworkError(Exception):
    """As Py4J's own, by which it says that nobody answers."""


class GoneError(Exception):
    """As Py4J's errors are once Java is gone: they ask it what it said."""

    def __str__(self):
        raise ConnectionRefusedError

    def getCondition(self):  # noqa: N802  Spark's name
        raise ConnectionRefusedError


def test_a_java_that_was_killed_is_named_though_it_can_be_asked_no_more():
    found = named(raised_from(GoneError(), Py4JNetworkError("CANARY")), "link")

    assert isinstance(found, StageFailedError)
    assert "link: Java ended while it was at work" in str(found)
    assert "CANARY" not in str(found)
    assert safe_name(GoneError()) == "GoneError"


class Py4JError(Exception):
    """As Py4J's own, where an answer broke off."""


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [(52, MemoryFullError, "memory is full"), (137, StageFailedError, "Java ended")],
)
def test_a_java_that_broke_off_is_named_by_how_it_ended(monkeypatch, code, kind, said):
    ended = subprocess.Popen([sys.executable, "-c", f"raise SystemExit({code})"])
    monkeypatch.setattr(java, "_drivers", [ended])

    found = named(Py4JError("CANARY"), "link")

    assert type(found) is kind
    assert said in str(found)
    assert "CANARY" not in str(found)


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [(52, MemoryFullError, "memory is full"), (143, StageFailedError, "Java ended")],
)
def test_a_job_cancelled_as_java_ends_is_named_by_that_end(monkeypatch, code, kind, said):
    ending = subprocess.Popen(
        [sys.executable, "-c", f"import time; time.sleep(0.2); raise SystemExit({code})"]
    )
    monkeypatch.setattr(java, "_drivers", [ending])
    words = "org.apache.spark.SparkException: Job 7 cancelled because SparkContext was shut down"

    found = named(JavaError(words), "link")

    assert type(found) is kind
    assert said in str(found)


def test_sparks_condition_is_named_without_its_parameters():
    error = PySparkException(
        errorClass="CANNOT_PARSE_DATATYPE", messageParameters={"msg": "CANARY"}
    )

    assert safe_name(error) == "PySparkException, CANNOT_PARSE_DATATYPE"


def test_javas_last_cause_and_its_condition_are_named_without_its_message():
    error = JavaError(
        "x\nCaused by: org.apache.spark.SparkNumberFormatException: [CAST_INVALID_INPUT] The "
        "value 'CANARY' of the type STRING cannot be cast"
    )

    assert safe_name(error) == "JavaError, SparkNumberFormatException, CAST_INVALID_INPUT"


def test_the_class_of_a_workers_exception_is_named_without_its_message():
    assert safe_name(PythonException(WORKER)) == "PythonException, OutOfMemoryException"


def test_an_error_of_ours_passes_as_it_is_and_comes_out_of_a_task_as_it_was():
    ours = ZoneError("lake: closed.")
    in_a_task = WORKER + "attainment_linkage.domain.errors.TrainingError: train: no pair.\n"

    assert named(ours, "link") is ours
    found = named(PythonException(in_a_task), "link")
    assert (type(found), str(found)) == (TrainingError, "train: no pair.")


def test_no_right_to_write_is_named_with_the_path():
    found = named(PermissionError(errno.EACCES, "Permission denied", "/lake/x"), "link")

    assert isinstance(found, LakeUnwritableError)
    assert "/lake/x cannot be written: Permission denied" in str(found)
