"""Review codes: opaque stratum codes, handed over by those who hold the attributes.

Whoever draws a sample holds names, and must not learn what a code stands for: a code is a
few letters and digits, and the file has nothing else beside the pupils' ids.
"""

from __future__ import annotations

import csv
import re
from io import StringIO

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
