"""Rules of output checking as data, and what they find. The values: `conf/disclosure.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from attainment_linkage.core.given import read
from attainment_linkage.domain.errors import ConfigError

REFUSE, SUPPRESS, REVIEW, OFF = "refuse", "suppress", "review", "off"
SEVERITIES = (REFUSE, SUPPRESS, REVIEW, OFF)


@dataclass(frozen=True)
class Rule:
    """One rule: what follows from a breach, its limit or allowed values, and where it is from."""

    severity: str
    source: str
    limit: float = 0.0
    values: tuple[str, ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether the rule is applied at all."""
        return self.severity != OFF


@dataclass(frozen=True)
class Rules:
    """The rules by name; what each asks is said in `conf/disclosure.toml`."""

    minimum_count: Rule
    zeros: Rule
    class_disclosure: Rule
    dominance_one: Rule
    dominance_two: Rule
    p_percent: Rule
    degrees_of_freedom: Rule
    saturated_model: Rule
    extremes: Rule
    percentile_side: Rule
    geography: Rule
    interval: Rule
    file_types: Rule
    hidden_metadata: Rule
    rounding: Rule
    differencing: Rule
    mostly_unsafe: Rule

    @property
    def threshold(self) -> int:
        """The least count of people that may be seen."""
        return int(self.minimum_count.limit)


@dataclass(frozen=True)
class Finding:
    """A breach of a rule: where, and in plain words what. It holds no count below the limit."""

    rule: str
    severity: str
    output: str
    where: str
    said: str


def rules_of(given: Mapping[str, Any], where: str) -> Rules:
    """The rules from the plain values of their file.

    Raises: ConfigError, with every problem.
    """
    problems: list[str] = []
    found = read(Rules, given, "", problems)
    for name in given if found is not None else ():
        rule: Rule = getattr(found, name)
        if rule.severity not in SEVERITIES:
            problems.append(f"{name}.severity must be one of {', '.join(SEVERITIES)}")
        if rule.limit < 0:
            problems.append(f"{name}.limit must not be negative")
    if found is not None and found.minimum_count.limit < 2:
        problems.append("minimum_count.limit must be at least 2")
    if found is None or problems:
        raise ConfigError(f"{where}: {'; '.join(problems)}. Correct the file.")
    return found
