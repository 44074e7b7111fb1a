"""Review codes: opaque stratum codes, handed over by those who hold the attributes.

Whoever draws a sample holds names, and must not learn what a code stands for: a code is a
few letters and digits, and the file has nothing else beside the pupils' ids.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from io import StringIO

from attainment_linkage.core.stage_key import digest
from attainment_linkage.domain.errors import ReviewError

COLUMNS = ("left_id", "stratum_code")
MOST_CODES = 200
_CODE = re.compile(r"[A-Za-z]{0,2}[0-9]{1,4}")


def parsed_codes(text: str, where: str) -> dict[str, str]:
    """Each pupil's code.

    Raises:
        ReviewError: other columns, a code that is not opaque, a pupil twice, or so many
            codes that they would tell pupils apart; with counts.
    """
    lines = list(csv.reader(StringIO(text)))
    if not lines or tuple(lines[0]) != COLUMNS:
        raise ReviewError(
            f"review: {where} has not the first line {','.join(COLUMNS)}, and only opaque codes "
            "may come to the names. Hand it over in that form."
        )
    rows = [line for line in lines[1:] if line]
    broken = sum(len(row) != len(COLUMNS) or not _CODE.fullmatch(row[-1]) for row in rows)
    found = {row[0]: row[-1] for row in rows}
    repeated = len(rows) - len(found)
    if broken or repeated or len(set(found.values())) > MOST_CODES:
        raise ReviewError(
            f"review: {where} is refused: of its {len(rows)} rows {broken} have no opaque code "
            f"(up to two letters and four digits), {repeated} repeat a pupil; it has "
            f"{len(set(found.values()))} codes, at most {MOST_CODES} are taken. Nothing was drawn."
        )
    return found


def require_known(by: Sequence[str], known: Sequence[str]) -> None:
    """Refuse characteristics that pupils are not measured by.

    Raises: ReviewError.
    """
    unknown = [name for name in by if name not in known]
    if unknown or not by:
        raise ReviewError(
            f"review codes: {len(unknown)} of {len(by)} characteristics are none that quality is "
            f"split by. Give some of {', '.join(known)}."
        )


def opaque_codes(
    groups: Mapping[tuple[str, ...], int], smallest: int, seed: int
) -> dict[tuple[str, ...], str]:
    """A code for each group, numbered in an order that tells nothing of what it is.

    ``groups``: pupils of each. Groups under the smallest count have one code together; where
    even together they are too few, the next larger groups join them.

    Raises: ReviewError where there would be so many codes that they told pupils apart.
    """
    joined: list[tuple[str, ...]] = []
    pupils = 0
    for group, size in sorted(groups.items(), key=lambda one: (one[1], one[0])):
        if size >= smallest and (not joined or pupils >= smallest):
            break
        joined.append(group)
        pupils += size
    together = frozenset(joined)
    parts = {group: tuple(sorted(together)) if group in together else (group,) for group in groups}
    order = sorted(set(parts.values()), key=lambda part: digest([seed, part]))
    if len(order) > MOST_CODES:
        raise ReviewError(
            f"review codes: these characteristics part pupils into {len(order)} groups; at most "
            f"{MOST_CODES} codes are made. Give fewer characteristics."
        )
    number = {part: f"s{place}" for place, part in enumerate(order, start=1)}
    return {group: number[part] for group, part in parts.items()}


def codes_text(codes: Mapping[str, str]) -> str:
    """The file of codes, in the order of the pupils' ids."""
    rows = "".join(f"{pupil},{code}\n" for pupil, code in sorted(codes.items()))
    return ",".join(COLUMNS) + "\n" + rows
