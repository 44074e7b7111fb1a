"""acro's outputs: one record of ``results.json`` with its files, as a table or a model.

Read are tables of counts, tables of means with their counts, and regressions; the counts that
the terms of a regression stand on, which acro does not keep, are told in ``session.toml``.
Whatever does not hold the counts it stands on is refused by name, with what to bring.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attainment_linkage.core.disclosure.cells import table_of
from attainment_linkage.core.disclosure.description import described
from attainment_linkage.core.disclosure.tables import MODEL, Table
from attainment_linkage.domain.errors import OutputUnusableError

TERMS = "terms"
_TOTAL = "All"
_ONE, _COUNT, _MEAN = "", "count", "mean"
_DOMINATED = ("NKCheck", "PPercentCheck")
_INSTEAD = "Bring it as a CSV with its unweighted counts and a description"
Record = Mapping[str, Any]
Lines = Sequence[Sequence[str]]


def output_of(folder: Path, uid: str, record: Record, session: Mapping[str, Any]) -> Table:
    """One output of acro.

    Args:
        folder: the session's.
        uid: its name.
        record: what ``results.json`` says of it.
        session: what ``session.toml`` says of it.

    Raises: OutputUnusableError, by its name.
    """
    kind, properties = str(record.get("type")), record.get("properties", {})
    given = dict(session)
    people = given.pop(TERMS, None)
    mitigation = str(properties.get("mitigation", "none"))
    if mitigation != "none":
        raise _refused(uid, f"acro changed its numbers ({mitigation}), so its counts are no longer "
                       "true. Make it without; what is unsafe is withheld here")  # fmt: skip
    if kind == "regression":
        return _model(folder, uid, record, given, people or {})
    if people is not None:
        raise _refused(uid, f"[{TERMS}] are of a regression, and it is a {kind}. Take them out")
    if kind != "table" or not record.get("fair", {}).get("independent"):
        raise _refused(uid, f"of a {kind} output acro does not keep the counts it stands on. "
                       f"{_INSTEAD}; charts are made from checked numbers")  # fmt: skip
    return _table(uid, record, _lines(folder, uid, record, 0), given)


def _refused(uid: str, said: str) -> OutputUnusableError:
    return OutputUnusableError(f"release: {uid}: {said}.")


def _lines(folder: Path, uid: str, record: Record, at: int) -> Lines:
    try:
        with (folder / record["files"][at]["name"]).open(encoding="utf-8", newline="") as file:
            return [line for line in csv.reader(file) if line]
    except (OSError, ValueError, LookupError):
        raise _refused(uid, f"file {at + 1} of its record cannot be read. Bring the folder as "
                       "finalise made it") from None  # fmt: skip


# ---------------------------------------------------------------------------------- tables


def _table(uid: str, record: Record, lines: Lines, session: Mapping[str, Any]) -> Table:
    """Counts, or counts and means, of which one row is made for each cell."""
    variables = [str(name) for name in record["fair"]["independent"]]
    dependent = str(record["fair"].get("dependent"))
    cells: dict[tuple[str, ...], dict[str, str]] = {}
    for codes, kind, text in _numbers(lines, variables):
        cells.setdefault(codes, {})[kind] = text
    kinds = {kind for cell in cells.values() for kind in cell}
    given = {"title": " by ".join(variables), **session}
    given["classification"] = list(_classifications(uid, variables, list(cells)))
    if kinds == {_ONE} and record["fair"].get("statbarn") == "Frequencies":
        given["count"] = [{"column": "n"}]
        numbers, columns = [_ONE], ["n"]
    elif kinds == {_COUNT, _MEAN}:
        _refuse_dominated(uid, record)
        mean = {"column": f"mean_{dependent}", "kind": "mean", "title": f"Mean {dependent}"}
        given["count"] = [{"column": "n", "title": f"People with {dependent}"}]
        given["estimate"] = [mean | {"counts": ["n"]}]
        numbers, columns = [_COUNT, _MEAN], ["n", mean["column"]]
    else:
        found = ", ".join(sorted(kinds - {_ONE})) or record["fair"].get("statbarn")
        raise _refused(uid, f"it holds {found} of {dependent}, without or beside the counts it "
                       "stands on. Make it with aggfunc=['count', 'mean'], or bring it as a CSV "
                       "with its unweighted counts and a description")  # fmt: skip
    rows = [[*codes, *(cell[number] for number in numbers)] for codes, cell in cells.items()]
    return table_of(uid, described(given, f"release: {uid}"), [*variables, *columns], rows)


def _numbers(lines: Lines, variables: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Each number of a table: its codes, what it is (nothing where there is one kind), its text.

    Beside the numbers stand the codes of the variables down the side, named in the line before
    the first number; above them, a line each, what they are, the column that is measured, and
    the codes of each variable across. Of one variable across, its codes are the line of names.
    """
    start = next((at for at, line in enumerate(lines) if line[0] == variables[0]), 0)
    side = next((at for at, name in enumerate(lines[start]) if name not in variables[at : at + 1]),
                len(lines[start]))  # fmt: skip
    named = [line for line in lines[:start] if line[0] in variables[side:]]
    across = named or [line for line in lines[start : start + 1] if side + 1 == len(variables)]
    kinds = lines[0] if start and lines[0] not in named else None
    for line in lines[start + 1 :]:
        for at in range(side, len(line)):
            kind = kinds[at] if kinds and kinds[at] in (_COUNT, *_OTHERS) else _ONE
            yield (*line[:side], *(above[at] for above in across)), kind, line[at]


_OTHERS = (_MEAN, "std", "sum", "median", "mode", "min", "max", "var")


def _classifications(
    uid: str, variables: Sequence[str], cells: Sequence[Sequence[str]]
) -> Iterator[dict[str, Any]]:
    """Each variable with the codes that are there."""
    if any(len(codes) != len(variables) for codes in cells) or not cells:
        raise _refused(uid, f"its file does not have {', '.join(variables)}. {_INSTEAD}")
    for place, name in enumerate(variables):
        codes = list(dict.fromkeys(codes[place] for codes in cells))
        if "" in codes:
            raise _refused(uid, "margins over several variables down its side are not whole in "
                           "acro's file. Make it without margins")  # fmt: skip
        total = {"total": _TOTAL} if _TOTAL in codes else {}
        yield {"variable": name, "codes": [code for code in codes if code != _TOTAL]} | total


def _refuse_dominated(uid: str, record: Record) -> None:
    summary = record["files"][0].get("sdc", {}).get("summary", {})
    dominated = [check for check in _DOMINATED if summary.get(check)]
    if dominated:
        checks = ", ".join(dominated)
        raise _refused(uid, f"acro found cells of which one or two people make too much ({checks}) "
                       "and its file does not say how much. Bring it as a CSV with its counts and "
                       "largest contributions, top1 and top2")  # fmt: skip


# ---------------------------------------------------------------------------------- models


def _model(
    folder: Path,
    uid: str,
    record: Record,
    session: Mapping[str, Any],
    people: Mapping[str, Any],
) -> Table:
    """A regression: its coefficients with their intervals, each with the people of its term."""
    summary = {
        label.strip().rstrip(":").lower(): value.strip()
        for line in _lines(folder, uid, record, 0)
        for label, value in zip(line[::2], line[1::2], strict=False)
    }
    terms = _lines(folder, uid, record, 1)[1:]
    _refuse_uncounted(uid, [line[0] for line in terms], people)
    columns = ["coefficient", "standard_error", "low", "high"]
    estimate = {"column": columns[0], "kind": "coefficient", "counts": ["n"], "low": "low",
                "high": "high", "with_columns": [columns[1]]}  # fmt: skip
    given = {
        "title": f"{record['properties'].get('method')} of {record['fair'].get('dependent')}",
        **session,
        "kind": MODEL,
        "classification": [
            {"variable": "term", "codes": [line[0] for line in terms], "total": _TOTAL}
        ],
        "count": [{"column": "n"}],
        "estimate": [estimate],
        "residual_degrees_of_freedom": float(record["properties"].get("dof", -1)),
    }
    rows = [[line[0], str(people[line[0]]), line[1], line[2], *line[-2:]] for line in terms]
    rows.append([_TOTAL, summary.get("no. observations", ""), "", "", "", ""])
    return table_of(uid, described(given, f"release: {uid}"), ["term", "n", *columns], rows)


def _refuse_uncounted(uid: str, terms: Sequence[str], people: Mapping[str, Any]) -> None:
    missing = [name for name in terms if name not in people]
    spare = [name for name in people if name not in terms]
    said = [f"there is no count of {', '.join(missing)}"] if missing else []
    said += [f"{', '.join(spare)} is no term of it"] if spare else []
    if said:
        raise _refused(uid, "acro does not keep the people that a term of a regression stands on, "
                       f"and {'; '.join(said)}. Write them in session.toml, "
                       f'[outputs.{uid}.{TERMS}], as "TERM" = people: of a category those in it, '
                       "of a number or the intercept all people modelled")  # fmt: skip
