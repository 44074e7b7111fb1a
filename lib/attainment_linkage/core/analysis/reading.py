"""Reading: the definitions as written in ``conf/analysis.toml``, all problems told at once.

Universes, measures and classifications are named there and used by name in ``[[table]]``
and ``[[model]]``; ``a x b`` crosses two classifications. ``conf/README.md`` has every key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from attainment_linkage.core.analysis.definitions import (
    KINDS,
    MEAN,
    NO,
    OUT,
    PROCESS,
    SHARE,
    TARGETS,
    UNKNOWN,
    WEIGHTS,
    Analysis,
    Block,
    Classification,
    Condition,
    Measure,
    ModelDefinition,
    TableDefinition,
    Universe,
)
from attainment_linkage.core.analysis.known import read_known
from attainment_linkage.domain.errors import AnalysisError
from attainment_linkage.domain.tables import Table
from attainment_linkage.domain.variable import Variable, variables

_CROSS = " x "
MOST_CROSSED = 3
_NUMBERS = ("int", "bigint", "double", "float")
_KEYS = {
    "": (
        "level",
        "covers",
        "universe",
        "measure",
        "classification",
        "table",
        "model",
        "same",
        "nobody",
    ),
    "universe": ("label", "where"),
    "measure": ("label", "kind", "unit", "weight", "column", "values", "where", "unknown"),
    "classification": ("label", "column", "codes", "bands", "flags"),
    "table": ("name", "title", "universe", "by", "measures"),
    "model": ("name", "title", "universe", "measure", "factors", "gaps_of"),
    "nobody": ("cell", "measures", "reason"),
}
_MUST = {
    "universe": ("label", "where"),
    "measure": ("label", "kind", "weight"),
    "classification": ("label",),
    "table": ("name", "title", "universe", "by", "measures"),
    "model": ("name", "title", "universe", "measure", "factors"),
    "nobody": ("cell", "reason"),
}


def read_analysis(
    document: Mapping[str, Any], pupils: Table, found: Mapping[str, tuple[str, ...]] | None = None
) -> Analysis:
    """The analysis that a document defines over the columns of a table of pupils.

    A classification that gives a column only has the codes and labels of the column's
    declaration; where that lists none, those ``found`` in the data.

    Raises: AnalysisError listing every problem with keys, names, columns, types, classifications.
    """
    columns = {column.name: column for column in variables(pupils)}
    reader = _Reader(columns, found or {}, pupils.name)
    analysis = reader.analysis(document)
    if reader.problems:
        count = len(reader.problems)
        raise AnalysisError(
            f"conf/analysis.toml: {count} problem{'s' if count > 1 else ''}.\n  "
            + "\n  ".join(reader.problems)
        )
    return analysis


@dataclass
class _Reader:
    """The document while it is read; what is wrong is noted and reading goes on."""

    columns: Mapping[str, Variable]
    found: Mapping[str, tuple[str, ...]]
    table: str
    problems: list[str] = field(default_factory=list)
    universes: dict[str, Universe] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    classifications: dict[str, Classification] = field(default_factory=dict)

    def analysis(self, document: Mapping[str, Any]) -> Analysis:
        """The whole document; what is wrong with it is in ``problems``."""
        self._known_keys("", "the file", document)
        level = document.get("level", 0.95)
        if not isinstance(level, float) or not 0.5 <= level < 1:
            self.problems.append(f"level is {level!r}; it must be a number from 0.5 to below 1")
        target = str(document.get("covers", PROCESS))
        if target not in TARGETS:
            self.problems.append(f"covers is {target}; it must be one of {', '.join(TARGETS)}")
        for name, said in self._named(document, "universe"):
            where = self._condition(f"universe.{name}", said.get("where", {}))
            self.universes[name] = Universe(name, str(said.get("label")), where)
        for name, said in self._named(document, "measure"):
            self.measures[name] = self._measure(name, said)
        for name, said in self._named(document, "classification"):
            self.classifications[name] = self._classification(name, said)
        tables = self._tables(self._listed(document, "table"))
        models = tuple(self._models(self._listed(document, "model")))
        names = [*(one.name for one in tables), *(one.name for one in models)]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.problems.append(f"{name} is the name of {names.count(name)} tables; give one each")
        self._listed(document, "nobody")
        kinds, measures = self.classifications, tuple(self.measures.values())
        same, nobody = read_known(document, self.columns, kinds, self.measures, self.problems)
        return Analysis(level, target, tables, models, measures, kinds, same, nobody)

    def _known_keys(self, kind: str, where: str, said: Mapping[str, Any]) -> None:
        for key in said:
            if key not in _KEYS[kind]:
                known = ", ".join(_KEYS[kind])
                self.problems.append(f"{where}: {key} is not a known key; known: {known}")
        for key in _MUST.get(kind, ()):
            if key not in said:
                self.problems.append(f"{where}: {key} is missing")

    def _named(
        self, document: Mapping[str, Any], kind: str
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for name, said in document.get(kind, {}).items():
            if isinstance(said, Mapping):
                self._known_keys(kind, f"{kind}.{name}", said)
                yield name, said
            else:
                self.problems.append(f"{kind}.{name} must be a table of keys")

    def _listed(self, document: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
        said = document.get(kind, [])
        if not isinstance(said, Sequence) or not all(isinstance(one, Mapping) for one in said):
            self.problems.append(f"{kind} must be written [[{kind}]]")
            return []
        for one in said:
            self._known_keys(kind, f"{kind} {one.get('name')}", one)
        return list(said)

    def _column(self, where: str, column: object, *, is_number: bool = False) -> None:
        if column not in self.columns:
            self.problems.append(f"{where}: {self.table} has no column {column}")
        elif is_number and self.columns[str(column)].type not in _NUMBERS:
            self.problems.append(f"{where}: {column} is not a number")

    def _condition(self, where: str, said: object) -> Condition:
        if not isinstance(said, Mapping):
            self.problems.append(f"{where}: where must be a table of column = [values]")
            return {}
        for column in said:
            self._column(where, column)
        return {column: _texts(values) for column, values in said.items()}

    def _measure(self, name: str, said: Mapping[str, Any]) -> Measure:
        where = f"measure.{name}"
        kind, weight = str(said.get("kind")), str(said.get("weight"))
        if kind not in KINDS:
            self.problems.append(f"{where}: kind is {kind}; it must be one of {', '.join(KINDS)}")
        if weight not in WEIGHTS:
            known = ", ".join(WEIGHTS)
            self.problems.append(f"{where}: weight is {weight}; it must be one of {known}")
        if kind in (SHARE, MEAN):
            self._column(where, said.get("column"), is_number=kind == MEAN)
        if (kind == SHARE) != ("values" in said):
            self.problems.append(f"{where}: values go with kind share, and only with it")
        unknown = str(said.get("unknown", OUT))
        if unknown not in UNKNOWN or (unknown == NO and kind != SHARE):
            self.problems.append(f"{where}: unknown is {OUT}, or of a share {NO}; it is {unknown}")
        return Measure(
            name=name,
            label=str(said.get("label")),
            kind=kind,
            unit=str(said.get("unit", "%")),
            weight=weight,
            column=str(said.get("column", "")),
            values=_texts(said.get("values", [])),
            where=self._condition(where, said.get("where", {})),
            unknown=unknown,
        )

    def _classification(self, name: str, said: Mapping[str, Any]) -> Classification:
        where = f"classification.{name}"
        given = [key for key in ("codes", "bands", "flags") if said.get(key)]
        if len(given) > 1:
            self.problems.append(f"{where}: give one of codes, bands, flags; not {len(given)}")
        if "flags" in given:
            for column in said["flags"]:
                self._column(where, column)
        else:
            self._column(where, said.get("column"), is_number="bands" in given)
        column = str(said.get("column", ""))
        codes = {str(code): str(label) for code, label in said.get("codes", {}).items()}
        bands = self._bands(where, said.get("bands", {}))
        flags = {str(flag): str(label) for flag, label in said.get("flags", {}).items()}
        if not given:
            codes = self._declared_codes(column)
        declared = self.columns.get(column)
        geography = declared.geography if declared else ""
        return Classification(name, str(said.get("label")), column, codes, bands, flags, geography)

    def _bands(self, where: str, said: Mapping[str, Any]) -> dict[float, str]:
        bands: dict[float, str] = {}
        for lowest, label in said.items():
            try:
                bands[float(lowest)] = str(label)
            except ValueError:
                self.problems.append(f"{where}: the band {lowest} does not begin with a number")
        if list(bands) != sorted(bands):
            self.problems.append(f"{where}: bands must rise")
        return bands

    def _declared_codes(self, column: str) -> dict[str, str]:
        declared = self.columns.get(column)
        if declared is None:
            return {}
        if declared.type == "boolean":
            return {"false": "No", "true": "Yes"}
        if declared.values:
            return {code: label[0].upper() + label[1:] for code, label in declared.values}
        return {code: code for code in self.found.get(column, ())}

    def _tables(self, listed: Sequence[Mapping[str, Any]]) -> tuple[TableDefinition, ...]:
        found, number = [], 0
        for said in listed:
            where = f"table {said.get('name')}"
            universe = self._universe(where, said)
            measures = self._of(where, "measure", said.get("measures", []), self.measures)
            blocks = []
            for crossing in _texts(said.get("by", [])):
                crossed = crossing.split(_CROSS)
                by = self._of(where, "classification", crossed, self.classifications)
                if len(crossed) > MOST_CROSSED:
                    self.problems.append(f"{where}: {crossing} crosses more than {MOST_CROSSED}")
                if sum(one.is_overlapping for one in by) > 1:
                    self.problems.append(f"{where}: {crossing} crosses flags with flags")
                blocks.append(Block(number, str(said.get("name")), universe, by, measures))
                number += 1
            name, title = str(said.get("name")), str(said.get("title"))
            found.append(TableDefinition(name, title, universe, tuple(blocks)))
        return tuple(found)

    def _models(self, listed: Sequence[Mapping[str, Any]]) -> Iterator[ModelDefinition]:
        for number, said in enumerate(listed):
            where = f"model {said.get('name')}"
            factors = self._of(
                where, "classification", said.get("factors", []), self.classifications
            )
            names = [one.name for one in factors]
            gaps = _texts(said.get("gaps_of", []))
            for name in gaps:
                if name not in names:
                    self.problems.append(f"{where}: gaps_of has {name}, which is no factor of it")
            for one in factors:
                if one.is_overlapping:
                    self.problems.append(f"{where}: {one.name} has flags; use codes in a model")
            named = self._of(where, "measure", [said.get("measure")], self.measures)
            measure = named[0] if named else Measure("", "", SHARE, "", WEIGHTS[0])
            if measure.kind != SHARE:
                self.problems.append(f"{where}: {measure.name} is no share; a model needs one")
            universe = self._universe(where, said)
            name, title = str(said.get("name")), str(said.get("title"))
            yield ModelDefinition(number, name, title, universe, measure, factors, gaps)

    def _universe(self, where: str, said: Mapping[str, Any]) -> Universe:
        found = self._of(where, "universe", [said.get("universe")], self.universes)
        return found[0] if found else Universe("", "", {})

    def _of(self, where: str, kind: str, names: object, known: Mapping[str, Any]) -> Any:
        """Those of the known that are named; the unknown are noted."""
        found = []
        for name in map(str, names if isinstance(names, list | tuple) else [names]):
            if name in known:
                found.append(known[name])
            else:
                self.problems.append(f"{where}: there is no {kind} {name}")
        return tuple(found)


def _texts(values: object) -> tuple[str, ...]:
    """Values as the texts that Spark makes of them: true, not True."""
    listed = values if isinstance(values, list | tuple) else [values]
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in listed)
