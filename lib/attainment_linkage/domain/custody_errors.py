"""Custody errors: keys, the audit log, projects, extracts, analyses and outputs.

Imported from ``domain.errors``, which has the tree of all errors.
"""

from __future__ import annotations

from attainment_linkage.domain.linkage_error import LinkageError


class KeyRefusedError(LinkageError):
    """The file of a secret key cannot be used, or cannot be made."""

    code, exit_code = "KEY_REFUSED", 33


class KeyMissingError(KeyRefusedError):
    """The file of a secret key is not there."""

    code, exit_code = "KEY_MISSING", 34


class KeyExposedError(KeyRefusedError):
    """Others may read or replace a secret key, or it lies beside what it protects."""

    code, exit_code = "KEY_EXPOSED", 35


class WeakKeyError(KeyRefusedError):
    """A secret key is not 32 random bytes."""

    code, exit_code = "KEY_WEAK", 36


class AuditError(LinkageError):
    """The audit log is not as it was written: changed, cut, or out of order."""

    code, exit_code = "AUDIT_BROKEN", 37


class PurgeRefusedError(LinkageError):
    """A run is not destroyed: it is published, or there is none of this name."""

    code, exit_code = "PURGE_REFUSED", 38


class ReleaseCorrectedError(LinkageError):
    """Outputs were packed with numbers withheld or rounded: not a failure, and not as brought."""

    code, exit_code = "RELEASE_CORRECTED", 62


class ReleaseRefusedError(LinkageError):
    """Outputs may not leave: a rule refuses them, or they give away what they may not."""

    code, exit_code = "RELEASE_REFUSED", 63


class OutputUnusableError(LinkageError):
    """An output brought to be checked is not what its description says, or has none."""

    code, exit_code = "OUTPUT_UNUSABLE", 64


class DecisionRefusedError(LinkageError):
    """A decision that does not count: by the analyst, without a reason, or the second one."""

    code, exit_code = "DECISION_REFUSED", 65


class PackageBrokenError(LinkageError):
    """A release package, or an entry of the register, is not there or not as it was written."""

    code, exit_code = "PACKAGE_BROKEN", 66


class AnalysisError(LinkageError):
    """A definition of conf/analysis.toml is refused, or one of its models cannot be fitted."""

    code, exit_code = "ANALYSIS_REFUSED", 97


class CountsDifferError(LinkageError):
    """Records in are not records out and set aside: something was lost or doubled."""

    code, exit_code = "COUNTS_DIFFER", 90


class RegisterError(LinkageError):
    """The register of projects is refused; the message lists every problem."""

    code, exit_code = "REGISTER_REFUSED", 91


class ApplicationError(LinkageError):
    """An application lacks what is needed to decide on it; the message lists all of it."""

    code, exit_code = "APPLICATION_INCOMPLETE", 92


class ProjectRefusedError(LinkageError):
    """A project, or a person for it, that may not be served; the message has the reasons."""

    code, exit_code = "PROJECT_REFUSED", 93


class ExtractRefusedError(LinkageError):
    """An extract that could identify somebody, or is not as its manifest says."""

    code, exit_code = "EXTRACT_REFUSED", 94


class ScriptFailedError(LinkageError):
    """A researcher's script ended with an error; what it said is in the staging folder."""

    code, exit_code = "SCRIPT_FAILED", 95
