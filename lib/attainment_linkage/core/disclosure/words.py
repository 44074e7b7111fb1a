"""Words: what is said of a checked output: its released rows, the checker's form, the brief.

Everything here is made from the checked numbers only. Groups are compared in words of
association; none of these texts says that one thing brings about another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from attainment_linkage.core.disclosure.decide import Checked
from attainment_linkage.core.disclosure.rules import REVIEW, SUPPRESS, Finding
from attainment_linkage.core.disclosure.tables import MODEL, ROUNDING, Codes, Description, Estimate

WITHHELD = "[c]"
"""Stands for a withheld number, as in the statistics of UK government: confidential."""
BRIEF_WORDS = 900
"""Two pages."""


@dataclass(frozen=True)
class Form:
    """An output-checking form: who brought what, and what the rules said and did."""

    package: str
    analyst: str
    outputs: tuple[Checked, ...]
    project: str = ""


def rows(output: Checked) -> list[list[str]]:
    """The released table as texts, its header first; withheld numbers as ``[c]``."""
    description = output.table.description
    columns = description.released_columns
    numbers = columns[len(description.variables) :]
    found = [list(columns)]
    for codes in output.table.cells:
        line = [_text(output, codes, name) for name in numbers]
        found.append([*codes, *line])
    return found


def _text(output: Checked, codes: Codes, column: str) -> str:
    value = output.shown.get((codes, column))
    if value is None:
        return WITHHELD if output.table.cells[codes][column] is not None else ""
    return number(value)


def number(value: float) -> str:
    """A number without needless digits."""
    return str(int(value)) if value == int(value) else repr(value)


def form_text(form: Form) -> str:
    """The form in plain words, for the checker."""
    lines = [
        f"# Output-checking form: package {form.package}",
        "",
        f"Brought by {form.analyst}, for {form.project or 'no project'}. To be decided by "
        "somebody else, with a reason.",
    ]
    for output in form.outputs:
        lines += ["", *_output_lines(output)]
    lines += [
        "",
        "## Decision",
        "",
        "By `release approve` or `release refuse`, kept in `decision.json` of the package.",
    ]
    return "\n".join(lines) + "\n"


def _output_lines(output: Checked) -> Iterator[str]:
    description = output.table.description
    yield f"## {output.table.name}: {description.title}"
    yield ""
    yield f"- What: {description.kind}, {len(output.table.cells)} rows, by {_by(description)}."
    yield f"- Population: {description.population}. Universe: {description.universe}."
    yield f"- Filter: {_filter(description)}. Weights: {description.weights}."
    yield f"- People counted, unweighted: {_people(output)}."
    yield f"- Released by: {description.method}. Result: {output.status}."
    yield f"- Withheld by a rule: {len(output.primary)}; to protect those: {len(output.secondary)}."
    for zero in description.structural_zero:
        cell = ", ".join(f"{name}={code}" for name, code in zero.cell.items())
        of = f" ({', '.join(zero.columns)})" if zero.columns else ""
        yield f"- Declared structural zero: {cell}{of}: {zero.reason}."
    for (rule, severity, said), times in _counted(output.findings).items():
        done = "withheld or rounded" if severity == SUPPRESS else "the checker decides"
        yield f"- Rule {rule}: {said}; {times} times; {done}."
    if output.review:
        yield "- To be looked at:"
        for one in output.review[:20]:
            yield f"  - {one.where}: {one.said}."
        if len(output.review) > 20:
            yield f"  - and {len(output.review) - 20} more of these rules."


def _counted(findings: Sequence[Finding]) -> Mapping[tuple[str, str, str], int]:
    kept = [one for one in findings if one.severity in (SUPPRESS, REVIEW)]
    return Counter((one.rule, one.severity, one.said) for one in kept)


def _by(description: Description) -> str:
    return ", ".join(one.title or one.variable for one in description.classification)


def _filter(description: Description) -> str:
    parts = [f"{name} is {' or '.join(codes)}" for name, codes in description.filter.items()]
    return "; ".join(parts) or "everyone"


def _people(output: Checked) -> str:
    """The greatest shown count of people: that of the widest total."""
    column = output.table.description.count[0].column
    shown = [value for (_, name), value in output.shown.items() if name == column and value]
    return f"{int(max(shown)):,}" if shown else "withheld"


def brief(outputs: Sequence[Checked], package: str) -> str:
    """Two pages of plain English on what was found, each number with its interval."""
    head = [
        "# What was found",
        "",
        f"From the checked tables of package {package}. Every estimate stands with its 95% "
        "interval in brackets. Some numbers are withheld so that nobody can be found in the "
        "tables.",
    ]
    tail = [
        "## How to read this",
        "",
        "These are differences between groups as they were observed. They show association only: "
        "groups differ in many ways at once. Intervals hold the uncertainty that the tables "
        "state; where two intervals overlap, the groups may not differ at all.",
    ]
    room = BRIEF_WORDS - _words(head) - _words(tail) - 60
    body: list[str] = []
    left: list[str] = []
    for output in outputs:
        section = list(_section(output))
        if _words([*body, *section]) <= room:
            body += ["", *section]
        else:
            left.append(output.table.name)
    more = ["", f"Not told here for want of room: {', '.join(left)}."] if left else []
    return "\n".join([*head, *body, *more, "", *tail]) + "\n"


def _words(lines: Sequence[str]) -> int:
    return sum(len(line.split()) for line in lines)


def _section(output: Checked) -> Iterator[str]:
    description = output.table.description
    yield f"## {description.title}"
    yield ""
    yield f"{description.population}; {_people(output)} people counted."
    told = False
    for estimate in description.estimate:
        sentence = _sentence(output, estimate)
        if sentence:
            told = True
            yield sentence
    if not told:
        yield "The table has counts only, or no estimate with an interval that may be shown."
    if description.method == ROUNDING:
        yield "Counts are rounded."
    withheld = len(output.primary) + len(output.secondary)
    if withheld:
        yield "Some numbers of this table are withheld."


def _sentence(output: Checked, estimate: Estimate) -> str:
    """The overall figure, then the highest and lowest group, each with its interval."""
    description = output.table.description
    totals = tuple(one.total for one in description.classification)
    told = {codes: with_interval(output, estimate, codes) for codes in output.table.cells}
    shown = {codes: said for codes, said in told.items() if said}
    finest = [
        codes
        for codes in shown
        if codes != totals
        and all(
            code in one.codes or code == one.total
            for one, code in zip(description.classification, codes, strict=True)
        )
        and sum(code != total for code, total in zip(codes, totals, strict=True)) == len(totals)
    ]
    name = estimate.title or estimate.column
    parts = [f"overall {shown[totals]}"] if totals in shown and description.kind != MODEL else []
    if finest:
        order = sorted(
            finest, key=lambda codes: (output.shown[codes, estimate.column] or 0.0, codes)
        )
        low, high = order[0], order[-1]
        parts.append(f"highest for {group_called(description, high)}, {shown[high]}")
        if low != high:
            parts.append(f"lowest for {group_called(description, low)}, {shown[low]}")
    return f"{name}: {'; '.join(parts)}." if parts else ""


def with_interval(output: Checked, estimate: Estimate, codes: Codes) -> str:
    """An estimate with its interval, or nothing: no number stands without one."""
    if not estimate.low:
        return ""
    value, low, high = (
        output.shown.get((codes, name)) for name in (estimate.column, estimate.low, estimate.high)
    )
    if value is None or low is None or high is None:
        return ""
    unit = estimate.unit if estimate.unit in ("", "%") else f" {estimate.unit}"
    said, start, end = (_rounded(one, estimate.unit) for one in (value, low, high))
    return f"{said}{unit} ({start} to {end})"


def _rounded(value: float, unit: str) -> str:
    """A number for reading: a percentage, or ten and more, with one decimal, others with two."""
    return f"{value:,.1f}" if unit == "%" or abs(value) >= 10 else f"{value:.2f}"


def group_called(description: Description, codes: Codes) -> str:
    """A group by name; under codes that are words of their own, as groups that overlap have."""
    names = [
        one.labels.get(code, code if one.overlaps else f"{one.title or one.variable}: {code}")
        for one, code in zip(description.classification, codes, strict=True)
    ]
    return ", ".join(names)
