"""Why: what speaks for and against one pair, level by level, in names of columns and bits.

No value of a record is said: a column agrees, differs or is not known on a side.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from attainment_linkage.core.levels import telling
from attainment_linkage.core.rules import Equality, Rule

Record = Mapping[str, Any]
AGREES, DIFFERS, UNKNOWN = "agrees", "differs", "not known"
_BAR = 24


@dataclass(frozen=True)
class Step:
    """One comparison: the level that holds, and the bits it adds; ``frequency_bits`` are those
    of them that come from how common the value is."""

    comparison: str
    level: str
    bits: float
    frequency_bits: float = 0.0


@dataclass(frozen=True)
class Waterfall:
    """The weight of a pair from what is known before any comparison, step by step. In bits."""

    start_bits: float
    steps: tuple[Step, ...]

    @property
    def total_bits(self) -> float:
        """The match weight."""
        return self.start_bits + sum(step.bits for step in self.steps)

    def lines(self) -> list[str]:
        """The waterfall in words, each step with its bar."""
        said = [f"{'before any comparison':<34} {self.start_bits:+7.1f} bits"]
        for step in self.steps:
            told = f"{step.comparison.replace('_', ' ')}: {step.level}"
            common = f" (frequency {step.frequency_bits:+.1f})" if step.frequency_bits else ""
            said.append(f"{told:<34} {step.bits:+7.1f} bits  {_bar(step.bits)}{common}")
        return [
            *said,
            f"{'match weight':<34} {self.total_bits:+7.1f} bits  {odds(self.total_bits)}",
        ]


@dataclass(frozen=True)
class RuleState:
    """How a rule stands to a pair: the equalities that differ, and those not known."""

    text: str
    differ: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every equality holds."""
        return not self.differ and not self.unknown

    @property
    def said(self) -> str:
        """Why it does not hold, or that it does."""
        parts = [f"{', '.join(names)} {what}" for names, what in
                 ((self.differ, DIFFERS), (self.unknown, UNKNOWN)) if names]  # fmt: skip
        return "; ".join(parts) if parts else "holds"


@dataclass(frozen=True)
class Standing:
    """What the run made of a pair. Bits are None where there is nothing they could be of.

    ``fate``: linked, weak, contested, conflict, yielded, or nothing; ``left_rival_bits`` and
    ``right_rival_bits`` are of the best other pair of either record.
    """

    fate: str
    stored_bits: float | None
    margin_bits: float | None
    left_rival_bits: float | None
    right_rival_bits: float | None


def waterfall(
    settings: Mapping[str, Any], weights: Mapping[str, Any], shift_bits: float
) -> Waterfall:
    """The steps of a weight, from a trained model and what Splink says of the pair.

    ``weights`` has gamma_<name>, mw_<name> and mw_tf_adj_<name>; ``shift_bits`` is what the
    number of true pairs adds to the model's own prior.
    """
    prior = settings["probability_two_random_records_match"]
    steps = []
    for comparison in settings["comparisons"]:
        name = comparison["output_column_name"]
        levels = telling(comparison)
        gamma = int(weights[f"gamma_{name}"])
        level = "not known" if gamma < 0 else levels[len(levels) - 1 - gamma]["label_for_charts"]
        frequency = float(weights.get(f"mw_tf_adj_{name}") or 0.0)
        steps.append(Step(name, level, float(weights[f"mw_{name}"]) + frequency, frequency))
    return Waterfall(math.log2(prior / (1 - prior)) + shift_bits, tuple(steps))


def rule_states(rules: Iterable[Rule], left: Record, right: Record) -> list[RuleState]:
    """How each rule stands to two records."""
    return [
        RuleState(
            rule.text,
            tuple(one.text for one in rule.equalities if state(one, left, right) == DIFFERS),
            tuple(one.text for one in rule.equalities if state(one, left, right) == UNKNOWN),
        )
        for rule in rules
    ]


def state(equality: Equality, left: Record, right: Record) -> str:
    """Whether an equality agrees, differs or is not known; nulls never agree."""
    one, other = left.get(equality.left), right.get(equality.right)
    ones = set(one or ()) if equality.is_left_array else {one} - {None}
    others = set(other or ()) if equality.is_right_array else {other} - {None}
    if not ones or not others:
        return UNKNOWN
    return AGREES if ones & others else DIFFERS


def has_yielded(
    bits: float,
    links: Sequence[tuple[bool, float]],
    right_rival_bits: float | None,
    accept_bits: float,
    margin_bits: float,
) -> bool:
    """Whether a pair that is neither linked nor reviewed gave way to another line of its person.

    ``links``: those of its two records, whether it is the left one's and its weight. A pair
    that a link leads by less than the margin is contested, unless its line is another's, or
    yields.
    """
    is_alone = right_rival_bits is None or right_rival_bits < accept_bits - margin_bits
    is_close = [left for left, _ in links] == [True] and links[0][1] - bits < margin_bits
    return is_close and is_alone and bits >= accept_bits - margin_bits


def verdict(standing: Standing, total_bits: float, accept_bits: float, margin_bits: float) -> str:
    """What became of the pair, and why, in a sentence."""
    if standing.fate == "linked":
        lead = standing.margin_bits
        leads = "no rival stood against it" if lead is None else f"it led by {lead:.1f} bits"
        return f"linked: it reaches {accept_bits:g} bits, and {leads}."
    rivals = [
        f"the {side} record has another pair of {bits:+.1f} bits"
        for side, bits in (("attainment", standing.left_rival_bits),
                           ("Census", standing.right_rival_bits))
        if bits is not None
    ]  # fmt: skip
    against = f"; {' and '.join(rivals)}" if rivals else ""
    if standing.fate == "contested":
        return (
            f"left to a reviewer: its lead over its best rival is under {margin_bits:g} bits"
            f"{against}."
        )
    if standing.fate == "yielded":
        return (
            "not linked: another Census line, which may be the same person's, is linked to the "
            "attainment record; of the two, one yields."
        )
    if standing.fate == "conflict":
        return f"left to a reviewer: two matchkeys contradict each other{against}."
    if total_bits < accept_bits:
        look = "left to a reviewer" if standing.fate == "weak" else "not linked"
        return f"{look}: it does not reach {accept_bits:g} bits{against}."
    if standing.stored_bits is None:
        return f"not linked: no rule brought the two records together{against}."
    return f"not linked: a better assignment was found{against}."


def odds(bits: float) -> str:
    """A weight as odds: 2^10 is about 1,000 to 1."""
    size = 2.0 ** min(abs(bits), 60.0)
    figures = max(1, 10 ** (len(str(int(size))) - 2))
    told = f"{round(size / figures) * figures:,.0f}" if size >= 10 else f"{size:.1f}"
    return f"about {told} to 1 {'for' if bits >= 0 else 'against'} one person"


def nearest_first(states: Sequence[RuleState]) -> list[RuleState]:
    """Rules by how little they lacked."""
    return sorted(states, key=lambda one: len(one.differ) + len(one.unknown))


def _bar(bits: float) -> str:
    length = min(_BAR, round(abs(bits)))
    return ("+" if bits >= 0 else "-") * length
