"""Matchkeys of the road: the ladder as it lies in ``conf/``, and what it gave, said."""

from __future__ import annotations

import tomllib

from pyspark.sql import DataFrame

from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.core.matchkeys import Ladder, ladder_of
from attainment_linkage.domain.errors import RuleError
from attainment_linkage.domain.road import LINK
from attainment_linkage.stages.runner import StageRun
from attainment_linkage.steps.ladder import matchkey_counts as counts

__all__ = ["counts", "ladder", "say"]

_FILE = LINK.conf_files[0]
_SMALL = 10
"""Counts under this are not told in a log."""


def ladder() -> Ladder:
    """The ladder in ``conf/matchkeys.toml``.

    Raises: RuleError: it cannot be read, or a key of it cannot.
    """
    try:
        document = tomllib.loads((conf_folder() / _FILE).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise RuleError(
            f"conf/{_FILE}: it cannot be read: {type(error).__name__}. Correct the file."
        ) from error
    return ladder_of(document, f"conf/{_FILE}")


def say(run: StageRun, ladder: Ladder, counted: DataFrame) -> None:
    """The ladder in the log: small counts not told, the residual to the nearest ten."""
    run.note("ladder of matchkeys signed off", "yes" if ladder.signed_off_by else "not yet")
    for row in counted.orderBy("matchkey_number").collect():
        links, conflicts = (_told(row.links), _told(row.conflicts))
        left_over = round(row.residual_records, -1)
        run.note(
            f"matchkey {row.matchkey_number + 1} {row.matchkey}",
            f"links {links} / conflicts {conflicts} / left over {left_over}",
        )


def _told(count: int) -> str:
    return f"{count}" if count >= _SMALL or count == 0 else f"under {_SMALL}"
