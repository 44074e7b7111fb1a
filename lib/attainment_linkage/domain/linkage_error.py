"""Linkage error: the kind that every error of this package is of (``domain.errors``)."""

from __future__ import annotations


class LinkageError(Exception):
    """Anything that stops the road with a reason a person can act on."""

    code = "LINKAGE_ERROR"
    exit_code = 1
