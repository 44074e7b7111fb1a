"""Provision: an approved project's own rows, variables and ids; a dummy for whoever asks."""

import csv
import json
import os
import stat
import subprocess
import sys
from datetime import date

import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from attainment_linkage.adapters import delta, fingerprint, registers
from attainment_linkage.core.projects import dummy
from attainment_linkage.core.projects.reading import read_project
from attainment_linkage.core.projects.register import variables_of
from attainment_linkage.core.pseudonym import Purpose, pseudonyms_of
from attainment_linkage.domain import tables
from attainment_linkage.stages import dummy_extract, provision, secure_room
from tests.research_lake import SECRETS
from tests.unit.test_projects import GOOD, changed

DAY = date(2026, 6, 1)
ANALYSIS = """
import csv, os, pathlib
extract, staging = (pathlib.Path(os.environ[name]) for name in ("EXTRACT", "STAGING"))
counts = {}
with (extract / "linked_pupils.csv").open(newline="") as file:
    for row in csv.DictReader(file):
        if row["is_linked"] == "true":
            cell = counts.setdefault(row["household_type"], [0, 0.0, 0])
            cell[0] += 1
            cell[1] += float(row["linkage_weight"])
            cell[2] += row["ks4_level_2_em"] == "true"
with (staging / "table.csv").open("w", newline="") as file:
    csv.writer(file).writerows([key, *cell] for key, cell in sorted(counts.items()))
"""


@pytest.fixture(autouse=True)
def register(monkeypatch):
    """The example project as the register has it on a day of 2026, or changed."""

    def of(**values):
        me = [{"user": registers.this_user(), "accreditation": "AR-1", "accredited_until": DAY}]
        project, problems = read_project(GOOD, changed(**{"researchers": me, **values}))
        assert not problems
        for module in (provision, secure_room):
            monkeypatch.setattr(module, "load_register", lambda path: {GOOD: project})
            monkeypatch.setattr(module, "today", lambda: DAY)
        return project

    of()
    return of


@pytest.fixture(scope="module")
def made(research, spark):
    """The extract's folder, and the research table it was made from."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(provision, "today", lambda: DAY)
        folder = provision.provision_project(GOOD, research.config, spark)
    pupils = delta.read(spark, research.result.paths["linked_pupils"], tables.LINKED_PUPILS)
    return folder, pupils


def test_an_extract_has_its_rows_variables_and_order_and_no_more(made, register):
    folder, pupils = made
    parquet = pq.read_table(folder / "linked_pupils.parquet")
    text = pacsv.read_csv(folder / "linked_pupils.csv")
    population = pupils.where("ks4_school_type in ('state', 'special')")

    assert parquet.column_names == [one.name for one in variables_of(register())]
    assert text.column_names == parquet.column_names
    assert text.num_rows == parquet.num_rows == population.count()
    assert set(parquet["ks4_school_type"].to_pylist()) <= {"state", "special"}
    assert max(filter(None, parquet["household_size"].to_pylist())) <= 8
    ids = parquet["person_id"].to_pylist()
    assert ids == sorted(ids) == text["person_id"].to_pylist()
    assert not {"date_of_birth", "lsoa", "school_id"} & set(parquet.column_names)


def test_its_ids_are_the_project_s_own_and_share_none_with_the_source(made):
    folder, pupils = made
    named = pseudonyms_of(SECRETS[GOOD], Purpose(GOOD, 1, "person"))
    source = {row.person_id for row in pupils.select("person_id").collect()}
    ids = set(pq.read_table(folder / "linked_pupils.parquet")["person_id"].to_pylist())

    assert ids <= {named(one) for one in source}
    assert not ids & source


def test_its_files_are_as_its_manifest_says_and_its_owner_s_alone(made):
    folder, _ = made
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    with (folder / "k_anonymity.csv").open(newline="") as file:
        report = {line[0]: line[1:] for line in csv.reader(file)}

    assert {path.name for path in folder.iterdir()} == {*manifest["files"], "manifest.json"}
    for name, said in manifest["files"].items():
        assert said["sha256"] == fingerprint.sha256(folder / name)
    assert int(report["all"][1]) == manifest["rows"]
    for path in folder.iterdir():
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_a_dummy_has_the_schema_of_the_extract_and_one_script_runs_on_both(
    research, spark, made, register, tmp_path, monkeypatch
):
    monkeypatch.setattr(dummy, "RECORDS", 300)
    register(approved=None, questions={})  # a dummy needs no approval
    before = sorted(research.config.lake.root("research").rglob("*"))
    closed = research.config.only(())
    folder = dummy_extract.provision_dummy(GOOD, closed, tmp_path / "dummy", spark)
    (tmp_path / "staging").mkdir()
    (tmp_path / "analysis.py").write_text(ANALYSIS)
    places = {"EXTRACT": str(folder), "STAGING": str(tmp_path / "staging")}
    command = [sys.executable, str(tmp_path / "analysis.py")]
    subprocess.run(command, env={**os.environ, **places}, check=True)
    register()
    staging = secure_room.open_project(GOOD, tmp_path / "analysis.py", research.config)

    real, made_up = (pq.read_table(one / "linked_pupils.parquet") for one in (made[0], folder))
    assert made_up.schema.equals(real.schema)
    assert not set(made_up["person_id"].to_pylist()) & set(real["person_id"].to_pylist())
    assert 50 < made_up.num_rows < real.num_rows
    for table in (tmp_path / "staging" / "table.csv", staging / "table.csv"):
        assert table.read_text().startswith(("cohabiting,", "lone_parent,", "married,"))
    after = sorted(research.config.lake.root("research").rglob("*"))
    assert [one for one in after if "staging" not in one.parts] == before
