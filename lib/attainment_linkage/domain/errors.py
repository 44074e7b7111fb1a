"""Errors: each has a code, an exit code and one paragraph that says where, what, what to do.

    LinkageError
    |-- ConfigError            10  configuration refused (all problems at once)
    |-- SpecError              11  link-files specification refused
    |-- RuleError              12  a blocking rule or matchkey that cannot be read
    |-- PairUnknownError       13  an id that is of no record of its side
    |-- RunUnknownError        14  a run that is not in this lake
    |-- InputError             20  a delivered file that cannot be used
    |   |-- InputMissingError      21
    |   |-- InputUnreadableError   22
    |   |-- InputEmptyError        23
    |   |-- InputEncodingError     24
    |   |-- InputColumnsError      25
    |   `-- InputNotUniqueError    26
    |-- MissingColumnsError    30  a table lacks a column a step needs
    |-- MissingTableError      31  a stage's input has not been made yet
    |-- ZoneError              32  a root or table that a job may not open
    |-- KeyRefusedError        33  a secret key's file that cannot be used or made
    |   |-- KeyMissingError        34
    |   |-- KeyExposedError        35
    |   `-- WeakKeyError           36
    |-- AuditError             37  the audit log is not as it was written
    |-- PurgeRefusedError      38  a run that may not be destroyed, or is not there
    |-- GateFailedError        40  a critical expectation failed
    |-- GateBrokenError        41  a gate could not be run as declared
    |-- MixedRunsError         42  tables of two runs that may not be read as one
    |-- TableConflictError     43  somebody else wrote in a table's folder
    |   |-- TransactionConflictError 44
    |   `-- SchemaConflictError      45
    |-- EnvironmentFaultError  50  Java, Delta, heap, memory
    |   |-- JavaMissingError       51
    |   |-- DeltaMissingError      52
    |   |-- HeapTooSmallError      53
    |   |-- LakeUnwritableError    54
    |   `-- MemoryFullError        46
    |-- DiskFullError          55
    |-- RunLockedError         60  another run holds the lake
    |-- StoreUnsupportedError  61  a store without atomic pointers
    |-- ReleaseCorrectedError  62  outputs packed with numbers withheld or rounded; no failure
    |-- ReleaseRefusedError    63  outputs that may not leave
    |-- OutputUnusableError    64  an output brought to be checked that cannot be read as described
    |-- DecisionRefusedError   65  a decision on a package that does not count
    |-- PackageBrokenError     66  a release package or register entry that is not as written
    |-- RateUnreachableError   67  no accepted weight keeps the stated false-link rate
    |-- PlanOverBudgetError    70  more candidate pairs than the budget allows
    |-- NoCandidatesError      71  the blocking rules form no pair
    |-- TrainingError          72  the model cannot be trained on this input
    |-- ReviewError            73  a review file or sample that cannot be used
    |-- ReviewBusyError        74  a reviewer's decisions, or the port, are held elsewhere
    |-- BucketTooLargeError    75  one value of a key alone is more than a task may hold
    |-- ModelRefusedError      76  a saved model that is broken, or was trained for other columns
    |-- ModelDriftedError      77  records that agree otherwise than those a model was trained on
    |-- CountsDifferError      90  records in are not records out and set aside
    |-- RegisterError          91  the register of projects is refused (all problems at once)
    |-- ApplicationError       92  an application lacks what is needed to decide on it
    |-- ProjectRefusedError    93  a project, or a person for it, that may not be served
    |-- ExtractRefusedError    94  an extract that could identify somebody, or was changed
    |-- ScriptFailedError      95  a researcher's script ended with an error
    |-- AnalysisError          97  a definition of the analysis, or a model of it, that fails
    `-- StageFailedError       80  anything else, without the row values

Messages hold names of tables, columns and files, and counts; never a row's values.
"""

from __future__ import annotations

from attainment_linkage.domain.conflict_errors import MixedRunsError as MixedRunsError
from attainment_linkage.domain.conflict_errors import RunLockedError as RunLockedError
from attainment_linkage.domain.conflict_errors import SchemaConflictError as SchemaConflictError
from attainment_linkage.domain.conflict_errors import StoreUnsupportedError as StoreUnsupportedError
from attainment_linkage.domain.conflict_errors import TableConflictError as TableConflictError
from attainment_linkage.domain.conflict_errors import (
    TransactionConflictError as TransactionConflictError,
)
from attainment_linkage.domain.custody_errors import AnalysisError as AnalysisError
from attainment_linkage.domain.custody_errors import ApplicationError as ApplicationError
from attainment_linkage.domain.custody_errors import AuditError as AuditError
from attainment_linkage.domain.custody_errors import CountsDifferError as CountsDifferError
from attainment_linkage.domain.custody_errors import DecisionRefusedError as DecisionRefusedError
from attainment_linkage.domain.custody_errors import ExtractRefusedError as ExtractRefusedError
from attainment_linkage.domain.custody_errors import KeyExposedError as KeyExposedError
from attainment_linkage.domain.custody_errors import KeyMissingError as KeyMissingError
from attainment_linkage.domain.custody_errors import KeyRefusedError as KeyRefusedError
from attainment_linkage.domain.custody_errors import OutputUnusableError as OutputUnusableError
from attainment_linkage.domain.custody_errors import PackageBrokenError as PackageBrokenError
from attainment_linkage.domain.custody_errors import ProjectRefusedError as ProjectRefusedError
from attainment_linkage.domain.custody_errors import PurgeRefusedError as PurgeRefusedError
from attainment_linkage.domain.custody_errors import RegisterError as RegisterError
from attainment_linkage.domain.custody_errors import ReleaseCorrectedError as ReleaseCorrectedError
from attainment_linkage.domain.custody_errors import ReleaseRefusedError as ReleaseRefusedError
from attainment_linkage.domain.custody_errors import ScriptFailedError as ScriptFailedError
from attainment_linkage.domain.custody_errors import WeakKeyError as WeakKeyError
from attainment_linkage.domain.linkage_error import LinkageError as LinkageError


class ConfigError(LinkageError):
    """The configuration is refused; the message lists every problem."""

    code, exit_code = "CONFIG_REFUSED", 10


class SpecError(LinkageError):
    """A link-files specification is refused; the message lists every problem."""

    code, exit_code = "SPEC_REFUSED", 11


class RuleError(LinkageError):
    """A blocking rule or matchkey cannot be read or used."""

    code, exit_code = "RULE_REFUSED", 12


class PairUnknownError(LinkageError):
    """A pair is asked about by an id that is of no record of its side."""

    code, exit_code = "PAIR_UNKNOWN", 13


class RunUnknownError(LinkageError):
    """A run is asked about that was not published in this lake, or was destroyed."""

    code, exit_code = "RUN_UNKNOWN", 14


class InputError(LinkageError):
    """A delivered file cannot be used."""

    code, exit_code = "INPUT_REFUSED", 20


class InputMissingError(InputError):
    """A delivered file is not there."""

    code, exit_code = "INPUT_MISSING", 21


class InputUnreadableError(InputError):
    """A delivered file cannot be opened or is not of its stated kind."""

    code, exit_code = "INPUT_UNREADABLE", 22


class InputEmptyError(InputError):
    """A delivered file has no rows."""

    code, exit_code = "INPUT_EMPTY", 23


class InputEncodingError(InputError):
    """A delivered file is not in its stated encoding."""

    code, exit_code = "INPUT_ENCODING", 24


class InputColumnsError(InputError):
    """A delivered file has not the declared columns."""

    code, exit_code = "INPUT_COLUMNS", 25


class InputNotUniqueError(InputError):
    """A delivered file repeats an id that must be unique."""

    code, exit_code = "INPUT_NOT_UNIQUE", 26


class MissingColumnsError(LinkageError):
    """A table lacks a column that a step needs."""

    code, exit_code = "COLUMNS_MISSING", 30


class MissingTableError(LinkageError):
    """A stage's input has not been made yet."""

    code, exit_code = "TABLE_MISSING", 31


class ZoneError(LinkageError):
    """A job asked for a root or table it may not open."""

    code, exit_code = "ZONE_FORBIDDEN", 32


class GateFailedError(LinkageError):
    """A critical expectation failed: the table is not published."""

    code, exit_code = "GATE_FAILED", 40


class GateBrokenError(LinkageError):
    """A gate could not be run as its file declares."""

    code, exit_code = "GATE_BROKEN", 41


class EnvironmentFaultError(LinkageError):
    """The machine or the session is not what the road needs."""

    code, exit_code = "ENVIRONMENT_FAULT", 50


class JavaMissingError(EnvironmentFaultError):
    """Java 17 or 21 is not there."""

    code, exit_code = "JAVA_MISSING", 51


class DeltaMissingError(EnvironmentFaultError):
    """Delta's jars are not on the class path of the session."""

    code, exit_code = "DELTA_MISSING", 52


class HeapTooSmallError(EnvironmentFaultError):
    """The driver's heap is below the configured one."""

    code, exit_code = "HEAP_TOO_SMALL", 53


class LakeUnwritableError(EnvironmentFaultError):
    """A root of the lake cannot be written."""

    code, exit_code = "LAKE_UNWRITABLE", 54


class DiskFullError(EnvironmentFaultError):
    """There is no room left for a table, a manifest or Spark's own files."""

    code, exit_code = "DISK_FULL", 55


class MemoryFullError(EnvironmentFaultError):
    """Java, a Python worker or DuckDB ran out of the memory it may use."""

    code, exit_code = "MEMORY_FULL", 46


class RateUnreachableError(LinkageError):
    """No accepted weight keeps the expected share of false links within the stated one."""

    code, exit_code = "RATE_UNREACHABLE", 67


class PlanOverBudgetError(LinkageError):
    """The blocking rules form more candidate pairs than the budget allows."""

    code, exit_code = "PLAN_OVER_BUDGET", 70


class NoCandidatesError(LinkageError):
    """The blocking rules form no candidate pair."""

    code, exit_code = "NO_CANDIDATES", 71


class BucketTooLargeError(LinkageError):
    """The records of one slice of a key are more than a task may hold."""

    code, exit_code = "BUCKET_TOO_LARGE", 75


class ModelRefusedError(LinkageError):
    """A saved model is not as it was saved, or was trained for other columns."""

    code, exit_code = "MODEL_REFUSED", 76


class ModelDriftedError(LinkageError):
    """The records at hand agree otherwise than those the saved model was trained on."""

    code, exit_code = "MODEL_DRIFTED", 77


class TrainingError(LinkageError):
    """The model cannot be trained on this input."""

    code, exit_code = "TRAINING_FAILED", 72


class ReviewError(LinkageError):
    """A review file or sample cannot be used; nothing of it was taken in."""

    code, exit_code = "REVIEW_REFUSED", 73


class ReviewBusyError(LinkageError):
    """A reviewer's decisions, or the port of the page, are held by another process."""

    code, exit_code = "REVIEW_BUSY", 74


class StageFailedError(LinkageError):
    """A stage failed for another reason; the message holds no row values."""

    code, exit_code = "STAGE_FAILED", 80
