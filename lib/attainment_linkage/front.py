"""Front: the few names for notebooks and other programmes: ``link``, ``plan``, ``explain``.

    from attainment_linkage import link

    roles = {"first": "forename", "last": "surname", "born": "date_of_birth"}
    spec = {"left": {"id": "id", "roles": roles}, "right": {"id": "ref", "roles": roles}}
    links = link("a.csv", "b.csv", spec)
    links.table()              # a pandas DataFrame: id_a, id_b, score, link

What they do is what the command line does; errors are the same, each a ``LinkageError`` with
its code.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa

from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.why import Waterfall
from attainment_linkage.domain.errors import LinkageError
from attainment_linkage.stages import notebook
from attainment_linkage.stages.notebook import Links
from attainment_linkage.stages.why import Explanation

__all__ = [
    "Explanation",
    "LinkageError",
    "LinkageModel",
    "Links",
    "Waterfall",
    "explain",
    "link",
    "plan",
]

Rows: TypeAlias = str | Path | pd.DataFrame | pa.Table
Spec: TypeAlias = str | Path | Mapping[str, Any]


def link(
    left: Rows, right: Rows, spec: Spec, *, output: str | Path | None = None, config: str = "local"
) -> Links:
    """Link any two tables from the roles of their columns alone.

    Args:
        left: a Parquet or CSV file, a pandas DataFrame or an Arrow table.
        right: likewise.
        spec: ids, roles, relation, thresholds: a TOML file or the same as a mapping; its
            form is in ``conf/README.md``.
        output: folder of ``pairs.parquet``; by default a new temporary one.
        config: ``local``, ``cluster``, or the path of a TOML file.

    Returns:
        Where the pairs lie and how many there are; ``table()`` reads them.

    Raises:
        SpecError, InputError and the errors of a linkage; nothing is written then.
    """
    return notebook.link(left, right, spec, output, config)


def plan(spec: Spec) -> LinkageModel:
    """What linking two such tables would compare, block on and train on. Nothing is read.

    ``comparisons`` are Splink's, ``blocking_rules`` and ``matchkeys`` have their ``text``.
    ``link`` leaves out rules that the rows at hand make too costly, and says so.

    Raises: SpecError, listing every problem of the specification.
    """
    return notebook.plan(spec)


def explain(left_id: str, right_id: str, *, lake: str | Path, config: str = "local") -> Explanation:
    """Why two records of the last ``link`` of a lake have their weight, level by level.

    What is given back holds names of columns and levels, and bits; no value of a record. That
    somebody looked is in the audit log.

    Raises:
        PairUnknownError: an id is of no record of its side.
        MissingTableError: nothing has been linked in this lake.
    """
    return notebook.explain(left_id, right_id, Path(lake), config)
