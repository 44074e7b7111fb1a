"""Report page: a run's report as one HTML file and, for machines and ``diff``, one JSON file.

The page opens from the disk without a network, and asks for nothing: pictures, style and all
are in it.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from attainment_linkage.adapters import documents
from attainment_linkage.adapters.page import write_template
from attainment_linkage.adapters.report_figures import figures
from attainment_linkage.core.report.contents import Report


def write_report(report: Report, path: Path) -> Path:
    """Write the page of a run, and its numbers beside it, private to their owner.

    Raises: DiskFullError, LakeUnwritableError.
    """
    documents.replace(path.with_suffix(".json"), asdict(report))
    return write_template("report.html", path, report=report, figures=figures(report))
