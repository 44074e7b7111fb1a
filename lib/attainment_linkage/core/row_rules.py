"""Row rules: what a delivered row must hold to be taken in, declared per source.

Only what makes a row unusable sends it to quarantine: its structure, its ids, its key. A
code or number that cannot be read spoils one attribute, not the row: ``standardise`` makes
it null and counts it. (A pupil whose ethnicity is mistyped must still be linked.)

Every row breaks a set of rules, mostly the empty one. The codes are closed: they are read
by the gates, the reports and the tests.
"""

from __future__ import annotations

from dataclasses import dataclass

from attainment_linkage.domain.tables import Column, Source

LINE_COLUMNS = (
    Column("source_file", "name of the delivered file", is_required=True),
    Column("source_row", "row number in the file, the first data row is 1", "bigint"),
    Column("source_fault", "why the line is no row of the file's columns; null where it is"),
    Column("source_line", "the line as delivered, where it is no row", is_personal=True),
)
"""What every delivered row carries beside its own columns."""

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}(?![\s\S])"
"""An id: 1 to 64 letters, digits and plain signs, no blanks, and nothing after it.

``$`` would let a line separator follow: to Java it ends a line.
"""

YEAR_PATTERN = r"^(19|20)[0-9]{2}[/-](19|20)?[0-9]{2}(?![\s\S])"
"""An academic year, as 2010/11, 2010/2011 or 2010-11; kept as 2010/11."""

UNREADABLE_PATTERN = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\uFFFD]"
"""Control characters, and the sign that stands for a character lost before delivery."""

UNREADABLE = "unreadable_characters"
HEADER_ROW = "header_row"
HEADER_OF_OTHER_ORDER = "header_row_of_another_order"
REPEATED_KEY = "repeated_key"
COPIED_ROW = "copied_row"


@dataclass(frozen=True)
class RowRule:
    """A rule on one column: filled, and of a pattern where it has one."""

    code: str
    column: str
    pattern: str = ""


def row_rules(source: Source) -> tuple[RowRule, ...]:
    """The rules on single columns: each required one is filled and well formed."""
    rules: list[RowRule] = []
    for column in source.columns:
        if column.is_required:
            pattern = YEAR_PATTERN if column.name == "academic_year" else ID_PATTERN
            rules.append(RowRule(f"missing_{column.name}", column.name))
            rules.append(RowRule(f"malformed_{column.name}", column.name, pattern))
    return tuple(rules)


def key_columns(source: Source) -> tuple[str, ...]:
    """What no two rows may share: the key, or the whole row where there is no key."""
    return source.key or tuple(source.names)


def repeat_code(source: Source) -> str:
    """The code of a row that is not the first with its key."""
    return REPEATED_KEY if source.key else COPIED_ROW
