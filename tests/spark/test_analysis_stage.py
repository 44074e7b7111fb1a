"""The stage analyse: the research root alone; cells pass their gate, outputs are taken."""

import csv
import json
import stat

import numpy as np
import pandas as pd
import pytest

from attainment_linkage.adapters import analysis_files, delta
from attainment_linkage.core.analysis.definitions import NOT_KNOWN
from attainment_linkage.core.analysis.reading import read_analysis
from attainment_linkage.core.disclosure.cells import table_of
from attainment_linkage.core.disclosure.description import described
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import AnalysisError
from attainment_linkage.domain.road import ANALYSE
from attainment_linkage.stages import analyse
from attainment_linkage.stages.runner import run_stage

SMALL_MODEL = {
    "name": "T21",
    "title": "Of few pupils",
    "universe": "state_ks4",
    "measure": "level_2_em",
    "factors": ["sex", "fsm"],
}


@pytest.fixture(scope="module")
def analysed(research, spark):
    """The stage run on the small research lake; its models are cut to what few pupils bear."""
    document = analysis_files.read_definitions()
    document["model"] = [SMALL_MODEL]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(analyse, "read_definitions", lambda: document)
        result = run_stage(ANALYSE, analyse.body, research.config, spark)
    path = result.paths["analysis_cells"]
    return result, delta.read(spark, path, tables.ANALYSIS_CELLS).toPandas()


def test_it_opens_the_research_root_alone():
    assert ANALYSE.roots == (tables.RESEARCH,)
    assert not ANALYSE.is_linkers


def test_every_table_is_there_and_cells_say_of_how_many_they_are(analysed):
    result, cells = analysed
    t3 = cells[(cells.table_name == "T3") & (cells.measure == "level_2_em")]
    by_category = t3.set_index("category_1")

    assert set(cells.table_name) == {f"T{number}" for number in range(1, 24)}
    assert by_category.loc["All", "n"] == by_category.drop("All").n.sum()
    assert (cells.n >= cells.numerator.fillna(0)).all()
    assert (t3.low <= t3.estimate).all()
    assert (t3.estimate <= t3.high).all()
    assert by_category.loc["All", "linkage_error"] > 0
    assert result.notes["draws of links"] == 2


def test_output_checking_takes_every_output(analysed, research):
    result, _ = analysed
    folder = research.config.lake.root("research") / analyse.OUTPUTS / result.key
    files = sorted(folder.glob("*.csv"))

    assert len(files) == result.notes["outputs for output checking"] == 38  # 37 blocks, a model
    for path in files:
        description = described(json.loads(path.with_suffix(".json").read_text("utf-8")), path.name)
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert table_of(path.stem, description, header, rows).cells
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def labels_of(frame, one):
    """The category of each pupil, in plain pandas."""
    values = frame[one.column]
    if not one.bands:
        said = values.astype("string")
        said = said.str.lower() if values.dtype == "boolean" else said
        return said.map(dict(one.codes)).fillna(NOT_KNOWN)
    found = pd.Series(NOT_KNOWN, frame.index)
    for lowest, label in one.bands.items():
        found[(values >= lowest).fillna(False)] = label
    return found


def test_what_is_called_the_same_is_the_same_and_nobody_is_where_nobody_can_be(research, spark):
    """[same] and [[nobody]] of conf/, pupil by pupil: output checking trusts both."""
    path = research.result.paths["linked_pupils"]
    frame = delta.read(spark, path, tables.LINKED_PUPILS).toPandas().convert_dtypes()
    years = {"ks4_academic_year": ("2008/09", "2009/10", "2010/11")}
    analysis = read_analysis(analysis_files.read_definitions(), tables.LINKED_PUPILS, years)
    labels = {name: labels_of(frame, one) for name, one in analysis.classifications.items()
              if not one.flags}  # fmt: skip

    def are_in(cell):
        return np.logical_and.reduce([labels[name].isin(of) for name, of in cell.items()])

    for (column, value), pairs in analysis.same.items():
        mine = frame[column].astype("string").str.lower().eq(value).fillna(False)
        cell = {name: [label for each, label in pairs if each == name] for name, _ in pairs}
        assert (mine == are_in(cell)).all(), column
    measures = {one.name: one.column for one in analysis.measures}
    for one in analysis.nobody:
        inside = frame[are_in(one.cell)]
        known = [inside[measures[name]].notna().sum() for name in one.measures]
        assert sum(known) == 0 if known else inside.empty


def test_definitions_that_are_not_there_or_not_toml_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(analysis_files, "conf_folder", lambda: tmp_path)
    with pytest.raises(AnalysisError, match=r"analysis\.toml: cannot be read"):
        analysis_files.read_definitions()
    (tmp_path / "analysis.toml").write_text("level = ")
    with pytest.raises(AnalysisError, match=r"analysis\.toml: is not TOML"):
        analysis_files.read_definitions()
