"""Intake: how much of a delivery may be unusable before the whole of it is refused."""

from __future__ import annotations

from collections.abc import Mapping

from attainment_linkage.core.row_rules import HEADER_OF_OTHER_ORDER
from attainment_linkage.domain.errors import (
    CountsDifferError,
    InputColumnsError,
    InputError,
    InputNotUniqueError,
)
from attainment_linkage.domain.tables import Source


def refuse_not_unique(source: Source, excess: int, rows: int, largest_share: float) -> None:
    """Refuse a source of whose rows too many stand behind another with their key.

    A few repeats are slips and go to quarantine; a key that mostly repeats is no key.

    Raises: InputNotUniqueError.
    """
    if excess > largest_share * rows:
        key = ", ".join(source.key) or "the whole row"
        raise InputNotUniqueError(
            f"ingest: {source.name} must have {source.grain}; {excess} of its {rows} rows repeat "
            f"{key} of another. Have it delivered again, or raise ingest.largest_repeated_share."
        )


def refuse_mostly_refused(
    source: Source, reasons: Mapping[str, int], refused: int, rows: int, largest_share: float
) -> None:
    """Refuse a source of whose rows too many break a rule, or one a rule that tells on the others.

    Raises: InputError, with the count of each reason; InputColumnsError.
    """
    refuse_other_order(source, reasons)
    if refused > largest_share * rows:
        found = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
        raise InputError(
            f"ingest: {refused} of the {rows} rows of {source.name} break a rule: {found}. Have "
            "it delivered again, or raise ingest.largest_refused_share."
        )


def refuse_other_order(source: Source, reasons: Mapping[str, int]) -> None:
    """Refuse a source in whose files a header stands amid the rows, its columns in another order.

    The rows behind it hold each other's cells: which of them, no rule on a row can tell.

    Raises: InputColumnsError.
    """
    if found := reasons.get(HEADER_OF_OTHER_ORDER):
        raise InputColumnsError(
            f"ingest: {source.name}: {found} lines amid its rows are headers with the columns in "
            "another order, so that the rows behind them are not as the first line says. Deliver "
            "what was put together as files of their own, in one folder."
        )


def refuse_lost_rows(table: str, rows: int, accepted: int, quarantined: int) -> None:
    """Check that every row that came in was accepted or quarantined.

    Raises: CountsDifferError.
    """
    if accepted + quarantined != rows:
        raise CountsDifferError(
            f"ingest: {rows} rows in; {accepted} in {table}, {quarantined} in quarantine. "
            "Leave delivered files alone during a run, and start again."
        )
