"""Request: all outputs of one request, checked by themselves, together, and with the register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attainment_linkage.core.disclosure.cells import shown
from attainment_linkage.core.disclosure.decide import CORRECTED, REFUSED, Checked, checked
from attainment_linkage.core.disclosure.register import Released
from attainment_linkage.core.disclosure.rules import REFUSE, Rules
from attainment_linkage.core.disclosure.safe_change import Change, change_needed, released
from attainment_linkage.core.disclosure.tables import Table


@dataclass(frozen=True)
class Verdict:
    """What became of a request: its checked outputs, and every reason to refuse it."""

    outputs: tuple[Checked, ...]
    refusals: tuple[str, ...]

    @property
    def is_corrected(self) -> bool:
        """Whether any output is not as it was brought."""
        return any(output.status == CORRECTED for output in self.outputs)


def judged(
    tables: Sequence[Table], register: Sequence[Released], package: str, rules: Rules
) -> Verdict:
    """Check each output; attack it with all earlier ones and those before it in the request."""
    outputs: list[Checked] = []
    refusals: list[str] = []
    before = list(register)
    for table in tables:
        output = checked(table, rules)
        outputs.append(output)
        if output.status == REFUSED:
            refusals += [
                f"{table.name}, {one.where}: {one.said} (rule {one.rule})"
                for one in output.findings
                if one.severity == REFUSE
            ]
            continue
        twice = other_method(table, before)
        if twice is not None:
            refusals.append(
                f"{table.name}: {twice.title} released the same table by "
                f"{twice.description.method}; two methods for one table undo each other. Ask for "
                f"{twice.description.method} again"
            )
            continue
        change = change_needed(output, package, before, rules)
        if change is None:
            before.append(released(output, package, rules))
        else:
            refusals.append(told(table, change))
    return Verdict(tuple(outputs), tuple(refusals))


def other_method(table: Table, register: Sequence[Released]) -> Released | None:
    """An earlier output with the same people in the same classification by another method."""
    mine = table.description
    for one in register:
        theirs = one.description
        is_same = (
            theirs.universe == mine.universe
            and set(theirs.variables) == set(mine.variables)
            and {k: set(v) for k, v in theirs.filter.items()}
            == {k: set(v) for k, v in mine.filter.items()}
        )
        if is_same and theirs.kind == mine.kind and theirs.method != mine.method:
            return one
    return None


def told(table: Table, change: Change) -> str:
    """A refusal for differencing in words: what follows, from which outputs, and the cure."""
    names = ", ".join(change.found.outputs)
    if change.found.is_contradiction:
        return (
            f"{table.name}: {names} count one group differently. Bring {table.name} from the same "
            "records as those, or under the name of another universe"
        )
    said = f"{table.name}: from {names} together one can work out {change.found.said}"
    if change.withhold is None:
        return (
            f"{said}; no further cell of {table.name} prevents it. Merge its small categories with "
            "others, or use the population filter of those"
        )
    cells = "; ".join(
        f"{column} of {shown(table.description, codes)}" for codes, column in change.withhold
    )
    count = len(change.withhold)
    return f"{said}. The smallest safe change: [[withhold]] {count} more of its counts: {cells}"
