"""Layout: how records are cut before anything is counted, and which cuts one task scores.

Every key group is cut in slices by hash of its key: all pairs of its rules lie inside slices.
Slices are small and many; what is in them is counted before any record is moved, and they are
dealt out to tasks by what was counted, so that no task has more pairs or records than it may.
A slice with more pairs than that, a hot key, is scored by several tasks: each takes a part of
the side with more records and all of the other one, so that no pair is lost and none comes
twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from attainment_linkage.core.blocking_plan import KeyGroup, RuleCount, key_groups
from attainment_linkage.core.rules import Rule
from attainment_linkage.domain.errors import BucketTooLargeError

SLICE_RECORDS = 40_000
"""Records of both files that a slice aims at."""
MOST_SLICES = 512


@dataclass(frozen=True)
class Layout:
    """The key groups, and how many slices each is cut in. One slice: nothing is cut."""

    groups: tuple[KeyGroup, ...]
    slices: int

    @property
    def is_whole(self) -> bool:
        """Whether all records lie together, without a key."""
        return not any(group.key for group in self.groups)


@dataclass(frozen=True)
class CountedKey:
    """A rule whose key is counted: in the slices of a group, or of its own where it has none.

    ``deals``: whether records that have it in common are dealt out in that group.
    """

    rule: Rule
    group_number: int | None
    deals: bool


@dataclass(frozen=True)
class KeyCount:
    """What was counted of one key in one slice.

    Records of each side that have a key, pairs that they form, those of the largest block; and
    the records of each side whose key the other side has too.
    """

    key: int
    slice: int
    left_records: int
    right_records: int
    candidate_pairs: int
    largest_block_pairs: int
    met_left: int
    met_right: int


@dataclass(frozen=True)
class Slice:
    """What was counted in one slice of one group: records of each side, pairs of each rule.

    Records: those that meet another, or somewhat more of them.
    """

    group_number: int
    number: int
    left_records: int
    right_records: int
    counts: Mapping[int, RuleCount]

    def pairs(self, rule_numbers: Iterable[int]) -> int:
        """Candidate pairs of these rules in it."""
        return sum(self.counts[n].candidate_pairs for n in rule_numbers if n in self.counts)


@dataclass(frozen=True)
class Task:
    """What one task scores: the rules of ``group`` over slices, or over a part of one slice.

    ``part`` of ``parts`` is of the left records where ``cuts_left``, else of the right ones.
    """

    group_number: int
    group: KeyGroup
    slices: tuple[int, ...]
    part: int = 0
    parts: int = 1
    cuts_left: bool = True


@dataclass(frozen=True)
class TaskSize:
    """What a task aims at, in candidate pairs and in records of both sides."""

    pairs: int
    records: int
    parallel: int


def layout(
    rules: Sequence[Rule], matchkeys: Sequence[Rule], record_count: int, size: TaskSize
) -> Layout:
    """Cut so finely that tasks can be made up of slices; not at all what fits one task.

    Raises: RuleError when a rule has no equality.
    """
    groups = key_groups(rules, matchkeys)
    if record_count <= size.records:
        everything = KeyGroup((), tuple(range(len(rules))), tuple(range(len(matchkeys))))
        return Layout((everything,), 1)
    wanted = max(math.ceil(record_count / SLICE_RECORDS), 8 * size.parallel)
    return Layout(groups, min(wanted, MOST_SLICES))


def counted_keys(
    cut: Layout, rules: Sequence[Rule], matchkeys: Sequence[Rule], more: Sequence[Rule] = ()
) -> tuple[CountedKey, ...]:
    """What is counted: the rules by their place; then ``more``, of which nothing but counts is
    asked; then matchkeys without a rule of their group that holds wherever they do."""
    found: dict[Rule, CountedKey] = {}
    for place, rule in enumerate(rules):
        number = next(n for n, group in enumerate(cut.groups) if place in group.rule_numbers)
        found.setdefault(rule, CountedKey(rule, number, deals=True))
    for rule in more:
        found.setdefault(rule, CountedKey(rule, None, deals=False))
    for number, group in enumerate(cut.groups):
        own = [rules[n] for n in group.rule_numbers]
        for key in (matchkeys[n] for n in group.matchkey_numbers):
            if not any(set(rule.equalities) <= set(key.equalities) for rule in own):
                found[key] = CountedKey(key, number, deals=True)
    return tuple(found.values())


def slices_of(
    cut: Layout, keys: Sequence[CountedKey], counts: Iterable[KeyCount]
) -> tuple[Slice, ...]:
    """The slices in which anyone meets, from what was counted in them of each key, and of each
    group's own key, which is counted as ``group_key(number)``."""
    by_place = {(one.key, one.slice): one for one in counts}
    found = []
    for number in range(len(cut.groups)):
        own = [place for place, key in enumerate(keys) if key.group_number == number]
        for place in range(cut.slices):
            held = [by_place[n, place] for n in own if (n, place) in by_place]
            dealt = [one for one in held if keys[one.key].deals]
            every = by_place.get((group_key(number), place))
            if every is None or not dealt:
                continue
            left = min(every.left_records, sum(one.met_left for one in dealt))
            right = min(every.right_records, sum(one.met_right for one in dealt))
            if left and right:
                ruled = {one.key: rule_count(one.key, [one]) for one in held}
                found.append(Slice(number, place, left, right, ruled))
    return tuple(found)


def group_key(number: int) -> int:
    """By what the records of a group's slices are counted, among the keys."""
    return -1 - number


def totals(counts: Iterable[KeyCount]) -> dict[int, RuleCount]:
    """The counts of each key over all slices."""
    by_key: dict[int, list[KeyCount]] = {}
    for one in counts:
        if one.key >= 0:
            by_key.setdefault(one.key, []).append(one)
    return {key: rule_count(key, own) for key, own in sorted(by_key.items())}


def rule_count(key: int, counts: Sequence[KeyCount]) -> RuleCount:
    """The counts of one key, of several slices together."""
    return RuleCount(
        key,
        sum(one.left_records for one in counts),
        sum(one.right_records for one in counts),
        sum(one.candidate_pairs for one in counts),
        max(one.largest_block_pairs for one in counts),
    )


def tasks(cut: Layout, slices: Sequence[Slice], size: TaskSize) -> tuple[Task, ...]:
    """Deal the slices out to tasks, those with most pairs first.

    Raises: BucketTooLargeError where the smaller side of one slice alone is more than a task
    may hold.
    """
    made: list[tuple[int, Task]] = []
    for number, group in enumerate(cut.groups):
        own = [one for one in slices if one.group_number == number]
        for share in _shares(group, own, size) if cut.is_whole else [group]:
            made += _dealt(number, share, own, size)
    ordered = sorted(made, key=lambda one: (-one[0], one[1].group_number, one[1].slices))
    return tuple(task for _, task in ordered)


def _shares(group: KeyGroup, own: Sequence[Slice], size: TaskSize) -> list[KeyGroup]:
    """Groups without a key: the rules shared out by their pairs, the matchkeys in turn."""
    pairs = {number: sum(one.pairs([number]) for one in own) for number in group.rule_numbers}
    shares: list[list[int]] = [[] for _ in range(min(size.parallel, len(pairs)))]
    loads = [0] * len(shares)
    for number in sorted(pairs, key=lambda number: (-pairs[number], number)):
        lightest = loads.index(min(loads))
        shares[lightest].append(number)
        loads[lightest] += pairs[number]
    matchkeys = group.matchkey_numbers
    return [
        replace(
            group,
            rule_numbers=tuple(sorted(share)),
            matchkey_numbers=matchkeys[place :: len(shares)],
        )
        for place, share in enumerate(shares)
    ]


def _dealt(
    group_number: int, group: KeyGroup, own: Sequence[Slice], size: TaskSize
) -> list[tuple[int, Task]]:
    """The tasks of one group, each with its pairs: hot slices in parts, the others together."""
    made: list[tuple[int, Task]] = []
    ordinary: list[tuple[int, Slice]] = []
    for one in own:
        pairs = one.pairs(group.rule_numbers)
        parts = math.ceil(pairs / size.pairs)
        if parts <= 1:
            ordinary.append((pairs, one))
            continue
        _require_room(group, one, size)
        cuts_left = one.left_records >= one.right_records
        made += [
            (pairs // parts, Task(group_number, group, (one.number,), part, parts, cuts_left))
            for part in range(parts)
        ]
    return made + [
        (sum(pairs for pairs, _ in held), Task(group_number, group, _numbers(held)))
        for held in _shared_out(ordinary, size)
    ]


def _numbers(held: Iterable[tuple[int, Slice]]) -> tuple[int, ...]:
    return tuple(sorted(one.number for _, one in held))


def _shared_out(
    slices: Sequence[tuple[int, Slice]], size: TaskSize
) -> list[list[tuple[int, Slice]]]:
    """Slices, each with its pairs, in shares of about equal pairs and records."""
    pairs = sum(pairs for pairs, _ in slices)
    records = sum(one.left_records + one.right_records for _, one in slices)
    need = max(pairs / size.pairs, records / size.records)
    count = 1 if need <= 1 else math.ceil(need / size.parallel) * size.parallel
    loads = [0.0] * count
    shares: list[list[tuple[int, Slice]]] = [[] for _ in range(count)]
    for weight, one in sorted(slices, key=lambda held: (-held[0], held[1].number)):
        lightest = loads.index(min(loads))
        of_records = (one.left_records + one.right_records) / max(records, 1)
        loads[lightest] += weight / max(pairs, 1) + of_records
        shares[lightest].append((weight, one))
    return [share for share in shares if share]


def _require_room(group: KeyGroup, one: Slice, size: TaskSize) -> None:
    smaller = min(one.left_records, one.right_records)
    if smaller <= 4 * size.records:
        return
    raise BucketTooLargeError(
        f"block: one slice of the key {group.label} holds {smaller} records on its smaller side "
        f"and {one.pairs(group.rule_numbers)} pairs; a task may hold {4 * size.records}. One value "
        "of the key is shared by very many: list it as a default value so that it becomes null, "
        "add an equality to the rules of this key, or raise link.bucket_rows and "
        "link.task_memory_mib together."
    )
