"""Errors of two at once: runs that were mixed, tables that somebody else wrote in, locks."""

from __future__ import annotations

from attainment_linkage.domain.linkage_error import LinkageError


class MixedRunsError(LinkageError):
    """Tables or pointers of two runs that may not be read as one."""

    code, exit_code = "RUNS_MIXED", 42


class TableConflictError(LinkageError):
    """Delta refused a commit: somebody else changed the table meanwhile."""

    code, exit_code = "TABLE_CONFLICT", 43


class TransactionConflictError(TableConflictError):
    """The same transaction of a stage was being committed twice at once."""

    code, exit_code = "TRANSACTION_CONFLICT", 44


class SchemaConflictError(TableConflictError):
    """The schema, properties or protocol of the table were changed, or it was made, meanwhile."""

    code, exit_code = "SCHEMA_CONFLICT", 45


class RunLockedError(LinkageError):
    """Another run holds the lake."""

    code, exit_code = "RUN_LOCKED", 60


class StoreUnsupportedError(LinkageError):
    """The lake lies on a store without atomic pointers."""

    code, exit_code = "STORE_UNSUPPORTED", 61
