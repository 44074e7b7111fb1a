"""The link-files specification: TOML text to frozen dataclasses, all problems at once.

``[left]`` and ``[right]`` name the ``id`` column and the ``roles`` of the others;
``relation`` says how often a record may be linked. All else has defaults.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from attainment_linkage.core import roles as known
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain.errors import RuleError, SpecError

RELATIONS = ("one_to_one", "many_to_one", "one_to_many", "many_to_many")

ACCEPT_BITS = 4.0
"""Match weight from which a pair may be linked: odds of 16 to 1, about 94%."""
REVIEW_BITS = -4.0
"""Match weight from which a pair is written: odds of 1 to 16."""
MARGIN_BITS = 1.0
"""Lead over the runner-up that a linked pair must have: twice as likely."""


@dataclass(frozen=True)
class SideSpec:
    """One file: its id column, and the role of each column that takes part.

    ``roles`` maps column to role, in the order written. ``column(role)`` finds a role's.
    """

    id: str
    roles: Mapping[str, str]

    def column(self, role: str) -> str | None:
        """The column that has this role, or None."""
        return next((name for name, given in self.roles.items() if given == role), None)


@dataclass(frozen=True)
class Thresholds:
    """Weights in bits at which a pair is linked, leads its rival, is written at all.

    ``false_link_rate``: the share of false links to live with, from which the weight at which
    a pair is linked follows; 0 where none is stated.
    """

    accept_bits: float = ACCEPT_BITS
    review_bits: float = REVIEW_BITS
    margin_bits: float = MARGIN_BITS
    false_link_rate: float = 0.0


@dataclass(frozen=True)
class TrainingSpec:
    """Training: seed of the random pairs, pair budgets, and rules in place of the default."""

    seed: int = 20110327
    random_pairs: int = 1_000_000
    session_pairs: int = 1_000_000
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class LinkSpec:
    """A link-files specification.

    ``blocking_rules`` and ``matchkeys``, when given, take the place of the default ones.
    """

    left: SideSpec
    right: SideSpec
    relation: str = "one_to_one"
    blocking_rules: tuple[Rule, ...] = ()
    matchkeys: tuple[Rule, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    training: TrainingSpec = field(default_factory=TrainingSpec)


def parse_spec(text: str, where: str) -> LinkSpec:
    """Read a specification from TOML text; ``where`` names it in the error.

    Raises: SpecError, listing every problem.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{where}: not valid TOML: {error}. Correct the file.") from error
    reader = _Reader(tables)
    spec = reader.spec()
    if reader.problems:
        raise SpecError(f"{where}: " + "; ".join(reader.problems) + ".")
    return spec


class _Reader:
    """Reads tables key by key and gathers every problem on the way."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self.tables = tables
        self.problems: list[str] = []

    def spec(self) -> LinkSpec:
        """The specification as far as it can be read; problems are in ``problems``."""
        known_keys = {
            "left",
            "right",
            "relation",
            "blocking",
            "matchkeys",
            "thresholds",
            "training",
        }
        self._refuse_unknown(self.tables, known_keys, "the specification")
        relation = self.tables.get("relation", RELATIONS[0])
        if relation not in RELATIONS:
            self.problems.append(f"relation {relation!r} is not one of {', '.join(RELATIONS)}")
        left, right = self._side("left"), self._side("right")
        is_read = left.roles and right.roles and not self.problems
        if is_read and not known.common_fields(left.roles.values(), right.roles.values()):
            self.problems.append("the roles of left and right have nothing in common to compare")
        return LinkSpec(
            left,
            right,
            str(relation),
            self._rules("blocking"),
            self._rules("matchkeys"),
            self._thresholds(),
            self._training(),
        )

    def _side(self, name: str) -> SideSpec:
        table = self._table(name, required=True)
        self._refuse_unknown(table, {"id", "roles"}, f"[{name}]")
        id_column, given = table.get("id"), table.get("roles", {})
        if table and not (isinstance(id_column, str) and id_column):
            self.problems.append(f'[{name}]: id is missing; write id = "column"')
        if not isinstance(given, dict) or not all(isinstance(role, str) for role in given.values()):
            self.problems.append(f'[{name}]: roles must be a table of column = "role"')
            given = {}
        if table and not given:
            self.problems.append(f"[{name}]: roles name no column")
        for column, role in given.items():
            if not known.is_role(role):
                self.problems.append(
                    f"[{name}]: column {column!r} has the unknown role {role!r}; the roles are "
                    f"{', '.join(known.ROLES)} and attribute:NAME"
                )
        for role in sorted(
            {role for role in given.values() if list(given.values()).count(role) > 1}
        ):
            self.problems.append(f"[{name}]: more than one column has the role {role!r}")
        return SideSpec(str(id_column or ""), dict(given))

    def _rules(self, name: str) -> tuple[Rule, ...]:
        table = self._table(name)
        self._refuse_unknown(table, {"rules"}, f"[{name}]")
        return self._parsed(table.get("rules", []), name)

    def _parsed(self, texts: Any, name: str) -> tuple[Rule, ...]:
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            self.problems.append(f"[{name}]: rules must be a list of texts")
            return ()
        rules = []
        for text in texts:
            try:
                rule = Rule.parse(text)
            except RuleError as error:
                self.problems.append(f"[{name}]: {str(error).rstrip('.')}")
                continue
            rules.append(rule)
            for column in dict.fromkeys((*rule.left_columns, *rule.right_columns)):
                if column not in known.FIELDS and not column.startswith("attribute_"):
                    self.problems.append(
                        f"[{name}]: {column} is no field of the linkage record; the fields are "
                        f"{', '.join(known.FIELDS)}"
                    )
        return tuple(dict.fromkeys(rules))  # written twice, a rule forms nothing more

    def _thresholds(self) -> Thresholds:
        table = self._table("thresholds")
        names = ("accept_bits", "review_bits", "margin_bits", "false_link_rate")
        self._refuse_unknown(table, set(names), "[thresholds]")
        values = {
            name: self._number(table, name, "[thresholds]") for name in names if name in table
        }
        thresholds = Thresholds(**values)
        if thresholds.review_bits > thresholds.accept_bits:
            self.problems.append("[thresholds]: review_bits is above accept_bits")
        if thresholds.margin_bits <= 0:
            self.problems.append("[thresholds]: margin_bits must be above 0, or a tie would link")
        if not 0 <= thresholds.false_link_rate <= 0.5:
            self.problems.append("[thresholds]: false_link_rate must be from 0 to 0.5")
        if thresholds.false_link_rate and "accept_bits" in table:
            self.problems.append(
                "[thresholds]: accept_bits follows from false_link_rate; state one of them"
            )
        return thresholds

    def _training(self) -> TrainingSpec:
        table = self._table("training")
        names = ("seed", "random_pairs", "session_pairs")
        self._refuse_unknown(table, {*names, "rules"}, "[training]")
        values = {
            name: int(self._number(table, name, "[training]", whole=True))
            for name in names
            if name in table
        }
        return TrainingSpec(**values, rules=self._parsed(table.get("rules", []), "training"))

    def _number(
        self, table: Mapping[str, Any], name: str, where: str, whole: bool = False
    ) -> float:
        value = table[name]
        kinds = (int,) if whole else (int, float)
        is_number = (
            isinstance(value, kinds) and not isinstance(value, bool) and math.isfinite(value)
        )
        if not is_number or (whole and value < 0):
            kind = "a whole number from 0" if whole else "a number"
            self.problems.append(f"{where}: {name} must be {kind}")
            return 0
        return float(value)

    def _table(self, name: str, required: bool = False) -> Mapping[str, Any]:
        table = self.tables.get(name)
        if table is None:
            if required:
                self.problems.append(f"[{name}] is missing")
            return {}
        if not isinstance(table, dict):
            self.problems.append(f"[{name}] must be a table")
            return {}
        return table

    def _refuse_unknown(self, table: Mapping[str, Any], names: set[str], where: str) -> None:
        for name in table:
            if name not in names:
                self.problems.append(
                    f"{where} has the unknown key {name!r}; the keys are {', '.join(sorted(names))}"
                )
