"""Diff page: two runs side by side, as one HTML file that needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attainment_linkage.adapters.page import write_template
from attainment_linkage.core.report.run_diff import Beside, ChangeLine


def write_diff(
    before: str, after: str, figures: Sequence[Beside], changes: Sequence[ChangeLine], path: Path
) -> Path:
    """Write the page of two runs, private to its owner.

    Raises: DiskFullError, LakeUnwritableError.
    """
    return write_template(
        "diff.html", path, before=before, after=after, figures=figures, changes=changes
    )
