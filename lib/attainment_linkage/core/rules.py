"""Rules: what blocking rules and matchkeys say, as data.

A rule is a conjunction of equalities between columns of the left and the right linkage
record, written as text: ``birth_date & postcode``; ``forename = surname & birth_date``
(left column = right column); ``postcodes[] = postcode & birth_year`` (any element of the
left array). ``| levenshtein(l.surname, r.surname) <= 2`` after the equalities is a further
condition in DuckDB SQL over the aliases ``l`` and ``r``.

Nulls never join: an equality with a null on either side does not hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from attainment_linkage.domain.errors import RuleError

_TERM = re.compile(r"^(\w+)(\[\])?(?:\s*=\s*(\w+)(\[\])?)?$")


@dataclass(frozen=True, order=True)
class Equality:
    """One equality: a left column (or element of a left array) equals a right one."""

    left: str
    right: str
    is_left_array: bool = False
    is_right_array: bool = False

    @property
    def text(self) -> str:
        """The equality as it is written in a rule."""
        left = self.left + ("[]" if self.is_left_array else "")
        right = self.right + ("[]" if self.is_right_array else "")
        return left if left == right else f"{left} = {right}"

    @property
    def has_array(self) -> bool:
        """Whether either side is an array of which any element may match."""
        return self.is_left_array or self.is_right_array


@dataclass(frozen=True)
class Rule:
    """A conjunction of equalities, with an optional further condition in DuckDB SQL."""

    name: str
    equalities: tuple[Equality, ...]
    condition: str = ""

    @property
    def text(self) -> str:
        """The rule as written in configuration; ``Rule.parse(rule.text)`` gives it back."""
        joined = " & ".join(equality.text for equality in self.equalities)
        return f"{joined} | {self.condition}" if self.condition else joined

    @property
    def left_columns(self) -> tuple[str, ...]:
        """Columns the equalities need of a left record."""
        return tuple(dict.fromkeys(equality.left for equality in self.equalities))

    @property
    def right_columns(self) -> tuple[str, ...]:
        """Columns the equalities need of a right record."""
        return tuple(dict.fromkeys(equality.right for equality in self.equalities))

    @staticmethod
    def parse(text: str, name: str = "") -> Rule:
        """Read a rule from its text.

        Raises: RuleError when a term is not of the form above or no equality is given.
        """
        equalities_text, _, condition = text.partition("|")
        equalities = []
        for term in equalities_text.split("&"):
            found = _TERM.match(term.strip())
            if not found:
                raise RuleError(
                    f"blocking rule {text!r}: {term.strip()!r} is not an equality. "
                    "Write column, left = right, or column[] = column, joined by &."
                )
            left, left_array, right, right_array = found.groups()
            is_same = right is None
            equalities.append(
                Equality(
                    left,
                    left if is_same else right,
                    bool(left_array),
                    bool(left_array) if is_same else bool(right_array),
                )
            )
        return Rule(name or text.strip(), tuple(equalities), condition.strip())
