"""Blocking plan: from rules to key groups and buckets, before any pair is formed.

Rules that share an equality share one co-partitioning of the two files: all their pairs
lie inside the partitions of that key. The plan finds few groups that cover every rule,
and cuts each group in buckets small enough for the memory of one task.
"""

from __future__ import annotations

import math
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


@dataclass(frozen=True)
class Bucketing:
    """A key group cut in buckets."""

    group: KeyGroup
    bucket_count: int


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
    choices = list(dict.fromkeys(eq for rule in members for eq in rule.equalities))
    uncovered = set(range(len(members)))
    groups = []
    while uncovered:
        covered_by = {
            choice: {i for i in uncovered if choice in members[i].equalities} for choice in choices
        }
        best = max(choices, key=lambda c: (len(covered_by[c]), not c.has_array, -choices.index(c)))
        covered = covered_by[best]
        if not covered:
            raise RuleError("blocking: a rule has no equality. Give each rule a column to join on.")
        groups.append(_group(best, sorted(covered), members, len(rules)))
        uncovered -= covered
    return tuple(groups)


def _everything(
    groups: Sequence[KeyGroup], counts: Mapping[int, RuleCount], tasks: int
) -> list[KeyGroup]:
    """Groups without a key: the rules shared out by their pairs, the matchkeys in turn."""
    rules = sorted(
        (number for group in groups for number in group.rule_numbers),
        key=lambda number: (-counts[number].candidate_pairs, number),
    )
    matchkeys = sorted(number for group in groups for number in group.matchkey_numbers)
    shares: list[list[int]] = [[] for _ in range(min(tasks, len(rules)))]
    loads = [0] * len(shares)
    for number in rules:
        lightest = loads.index(min(loads))
        shares[lightest].append(number)
        loads[lightest] += counts[number].candidate_pairs
    return [
        KeyGroup((), tuple(sorted(share)), tuple(matchkeys[place :: len(shares)]))
        for place, share in enumerate(shares)
    ]


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


def buckets(
    groups: Sequence[KeyGroup],
    counts: Mapping[int, RuleCount],
    record_count: int,
    *,
    pair_budget: int,
    bucket_pairs: int,
    bucket_records: int,
    least_buckets: int = 1,
) -> tuple[Bucketing, ...]:
    """Size the buckets of every group from counted pairs and records.

    Where all of it fits in one bucket no key is needed: each of ``least_buckets`` tasks gets
    all records and its share of the rules.

    ``counts`` is by rule number; ``record_count`` is left and right records together.
    The number of buckets is a multiple of ``least_buckets`` (the cores at hand) as soon
    as one bucket would not do.

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
            f"{worst.rule_number} forms {worst.candidate_pairs} of them, "
            f"{worst.largest_block_pairs} in its largest block. Add an equality to that rule, "
            "or list the default value behind its largest block so that it becomes null, "
            "or raise link.candidate_pair_budget."
        )
    if total <= bucket_pairs and record_count <= bucket_records:
        return tuple(Bucketing(group, 1) for group in _everything(groups, counts, least_buckets))
    plan = []
    for group in groups:
        pairs = sum(counts[number].candidate_pairs for number in group.rule_numbers)
        need = max(pairs / bucket_pairs, record_count / bucket_records)
        count = 1 if need <= 1 else math.ceil(need / least_buckets) * least_buckets
        plan.append(Bucketing(group, count))
    return tuple(plan)
