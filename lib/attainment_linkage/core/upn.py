"""UPN: what Spark needs to know of a unique pupil number's check, as python-stdnum has it."""

from __future__ import annotations

from stdnum.gb import upn

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""The check letters, by their value: A is 0; no I, O and S."""

PATTERN = f"^[{LETTERS}][0-9]{{11}}[0-9{LETTERS}]$"
"""Check letter, local authority (3), school (4), year (2), serial (3; a temporary number
ends in a letter)."""


def _is_known(authority: int) -> bool:
    body = f"{authority:03d}000000000"
    return bool(upn.is_valid(upn.calc_check_digit(body) + body))


AUTHORITIES = tuple(f"{number:03d}" for number in range(1000) if _is_known(number))
"""The local authority numbers that python-stdnum knows."""
