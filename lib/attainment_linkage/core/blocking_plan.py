"""Blocking plan: from rules to key groups and buckets, before any pair is formed.

Rules that share an equality share one co-partitioning of the two files: all their pairs
lie inside the partitions of that key. The plan finds few groups that cover every rule,
and cuts each group in buckets small enough for the memory of one task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from attainment_linkage.core.rules import Equality, Rule
from attainment_linkage.domain.errors import NoCandidatesError, PlanOverBudgetError, RuleError


@dataclass(frozen=True)
class KeyGroup:
    """Rules and matchkeys whose pairs all lie within partitions of one key.

    ``rule_numbers`` and ``matchkey_numbers`` are places in the model's own tuples.
    ``key`` holds at most one equality with an array; records are then exploded over it.
    """

    key: tuple[Equality, ...]
    rule_numbers: tuple[int, ...]
    matchkey_numbers: tuple[int, ...]

    @property
    def label(self) -> str:
        """The key as text, for plans and reports."""
        return " & ".join(equality.text for equality in self.key) or "everything"

    @property
    def array_equality(self) -> Equality | None:
        """The one equality of the key over array elements, where there is one."""
        return next((equality for equality in self.key if equality.has_array), None)


@dataclass(frozen=True)
class RuleCount:
    """What a rule's equalities form: counts only, never a key."""

    rule_number: int
    left_records: int
    right_records: int
    candidate_pairs: int
    largest_block_pairs: int


def key_groups(rules: Sequence[Rule], matchkeys: Sequence[Rule] = ()) -> tuple[KeyGroup, ...]:
    """Cover every rule and matchkey with few key groups (greedy set cover).

    An equality used by most of the rules not yet covered is taken first; between equals,
    one without an array, then the one written first. A group's key is then widened to all
    equalities its members share.

    Raises: RuleError when a rule has no equality.
    """
    members = [*rules, *matchkeys]
    if not rules:
        raise RuleError("blocking: no rule is given. Give at least one blocking rule.")
    if not all(rule.equalities for rule in members):
        raise RuleError("blocking: a rule has no equality. Give each rule a column to join on.")
    choices = list(dict.fromkeys(eq for rule in members for eq in rule.equalities))
    uncovered = set(range(len(members)))
    groups = []
    while uncovered:
        covered_by = {
            choice: {i for i in uncovered if choice in members[i].equalities} for choice in choices
        }
        best = max(choices, key=lambda c: (len(covered_by[c]), not c.has_array, -choices.index(c)))
        covered = covered_by[best]
        groups.append(_group(best, sorted(covered), members, len(rules)))
        uncovered -= covered
    return tuple(groups)


def _group(
    first: Equality, covered: list[int], members: Sequence[Rule], rule_count: int
) -> KeyGroup:
    shared = [
        equality
        for equality in members[covered[0]].equalities
        if all(equality in members[i].equalities for i in covered)
    ]
    key = tuple(equality for equality in shared if not equality.has_array or equality == first)
    return KeyGroup(
        key,
        tuple(i for i in covered if i < rule_count),
        tuple(i - rule_count for i in covered if i >= rule_count),
    )


def require_affordable(
    counts: Mapping[int, RuleCount],
    rules: Sequence[Rule],
    record_count: int,
    pair_budget: int,
) -> None:
    """Refuse a plan that forms no pair, or more than the budget.

    ``counts`` is by the place of a rule in ``rules``; ``record_count`` is left and right
    records together.
    Raises: PlanOverBudgetError naming the rule with most pairs; NoCandidatesError.
    """
    total = sum(count.candidate_pairs for count in counts.values())
    if total == 0:
        raise NoCandidatesError(
            f"block: {len(counts)} blocking rules form no pair over {record_count} records; every "
            "key is null or met on one side only. Check the roles and formats of the key columns."
        )
    if total > pair_budget:
        worst = max(counts.values(), key=lambda count: count.candidate_pairs)
        raise PlanOverBudgetError(
            f"block: the rules form {total} candidate pairs; the budget is {pair_budget}. Rule "
            f"{worst.rule_number} ({rules[worst.rule_number].text}) forms "
            f"{worst.candidate_pairs} of them, {worst.largest_block_pairs} in its largest block. "
            f"{_cure(worst, total, pair_budget)}, or raise link.candidate_pair_budget."
        )


def _cure(worst: RuleCount, total: int, budget: int) -> str:
    """What tighter rule would fit, or that no tightening of this one alone would."""
    others = total - worst.candidate_pairs
    if others > budget:
        return "Tighten this rule and others"
    if total - worst.largest_block_pairs <= budget:
        return (
            "List the default value behind its largest block so that it becomes null: what is "
            f"left, {total - worst.largest_block_pairs}, fits"
        )
    split = worst.candidate_pairs / max(budget - others, 1)
    return (
        "Add an equality to it: one on a field of at least "
        f"{max(2, -int(-split // 1))} values, evenly filled, would make it fit; or list the "
        "default value behind its largest block so that it becomes null"
    )
