"""Layout: how records are cut before anything is counted, and which cuts one task scores.

Every key group is cut in slices by hash of its key: all pairs of its rules lie inside slices.
Slices are small and many; they are counted once, and then dealt out to tasks by what was
counted, so that no task has more pairs or records than it may. A slice with more pairs than
that, a hot key, is scored by several tasks: each takes a part of the side with more records
and all of the other one, so that no pair is lost and none comes twice.
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
class Slice:
    """What was counted in one slice of one group: records of each side, pairs of each rule.

    ``bytes``: of all its records as one block.
    """

    group_number: int
    number: int
    left_records: int
    right_records: int
    counts: Mapping[int, RuleCount]
    bytes: int = 0

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

    def partitions(self, records: int, cut: Layout) -> int:
        """How many partitions hold so many laid-out records, none more than a task may."""
        if cut.is_whole:
            return 1
        return max(math.ceil(records / self.records), self.parallel)


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


def counted_in(cut: Layout, rules: Sequence[Rule]) -> tuple[tuple[int, ...], ...]:
    """For each group, the places of the rules whose blocks lie inside its slices.

    Each rule is counted in the first such group; one that has none is counted nowhere here.
    """
    homes: list[list[int]] = [[] for _ in cut.groups]
    for place, rule in enumerate(rules):
        for number, group in enumerate(cut.groups):
            if set(group.key) <= set(rule.equalities):
                homes[number].append(place)
                break
    return tuple(map(tuple, homes))


def totals(slices: Iterable[Slice]) -> dict[int, RuleCount]:
    """The counts of each rule over all slices."""
    found: dict[int, RuleCount] = {}
    for one in slices:
        for number, count in one.counts.items():
            before = found.get(number, RuleCount(number, 0, 0, 0, 0))
            found[number] = RuleCount(
                number,
                before.left_records + count.left_records,
                before.right_records + count.right_records,
                before.candidate_pairs + count.candidate_pairs,
                max(before.largest_block_pairs, count.largest_block_pairs),
            )
    return found


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
