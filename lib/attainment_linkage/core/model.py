"""The linkage model as data: what is compared, what is blocked on, what is trained on.

Everything here is plain data, made by ``core.roles`` from the roles of the columns (or
written by an analyst), and handed to Splink only in ``steps.train`` and ``steps.score``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from attainment_linkage.core.levels import HOME, Home
from attainment_linkage.core.rules import Rule

COMPANIONS, SOLE_NAME = "companions", "sole_name"
DERIVED: Mapping[str, tuple[str, ...]] = {
    COMPANIONS: ("forename", "surname", "birth_date", "postcode"),
    SOLE_NAME: ("forename", "surname", "birth_date", "sex"),
}
"""Fields made from all records at once (``steps.ladder``), and what they are made from."""


@dataclass(frozen=True)
class LinkageModel:
    """A linkage design: comparisons, blocking rules, matchkeys, training sessions.

    ``comparisons`` are Splink comparison dictionaries (DuckDB dialect) over columns of the
    linkage record; ``term_frequency_columns`` are those whose value frequencies adjust u.
    ``matchkeys`` are ordered from the strictest; a pair keeps its lowest number.
    ``training_rules`` are the blocks on which EM estimates m, one session each. ``home``
    says what the home levels of the comparisons go by, where there are any.
    """

    comparisons: tuple[Mapping[str, Any], ...]
    blocking_rules: tuple[Rule, ...]
    matchkeys: tuple[Rule, ...]
    training_rules: tuple[Rule, ...]
    comparison_columns: tuple[str, ...]
    term_frequency_columns: tuple[str, ...] = ()
    home: Home | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def columns(self) -> tuple[str, ...]:
        """Every linkage-record column the model reads, in a fixed order, without the id."""
        needed = set(self.comparison_columns) | self._rule_columns
        for field_name in self.derived:
            needed.update(DERIVED[field_name])
        if self.home is not None:
            needed.add(self.home.column)
        return tuple(sorted(needed - set(DERIVED)))

    @property
    def derived(self) -> tuple[str, ...]:
        """The fields made from all records at once that its rules read."""
        return tuple(name for name in DERIVED if name in self._rule_columns)

    @property
    def _rule_columns(self) -> set[str]:
        rules = (*self.blocking_rules, *self.matchkeys, *self.training_rules)
        return {name for rule in rules for name in (*rule.left_columns, *rule.right_columns)}

    @property
    def trained_columns(self) -> tuple[str, ...]:
        """The columns that training and scoring read: those of the records, and the home."""
        return (*self.columns, *((HOME,) if self.home is not None else ()))
