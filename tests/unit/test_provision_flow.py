"""Provision, but for the making of its rows: what is checked, written, recorded and refused.

The rows themselves come from Spark (``tests/spark/test_provision.py``); here they are drawn.
"""

import csv
import hashlib
import json
from datetime import date
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attainment_linkage.adapters.audit_log import AuditLog
from attainment_linkage.core.projects.reading import read_project
from attainment_linkage.core.projects.register import variables_of
from attainment_linkage.core.pseudonym import key_id
from attainment_linkage.domain.errors import (
    CountsDifferError,
    ExtractRefusedError,
    KeyMissingError,
    ProjectRefusedError,
)
from attainment_linkage.stages import dummy_extract, extract, provision
from tests.conftest import config_for
from tests.unit.test_projects import GOOD, changed

DAY = date(2026, 6, 1)
SECRET = hashlib.sha256(b"the key of a project").digest()
TYPES = {"string": pa.string(), "int": pa.int32(), "double": pa.float64(), "boolean": pa.bool_()}


@pytest.fixture
def config(tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    (keys / f"{GOOD}.key").write_bytes(SECRET)
    (keys / f"{GOOD}.key").chmod(0o400)
    return config_for(tmp_path / "lake", keys={"folder": str(keys)})


@pytest.fixture
def project(monkeypatch):
    """The example project on a day of 2026, in a register of its own; or changed."""

    def of(**values):
        found, problems = read_project(GOOD, changed(**values))
        assert not problems
        monkeypatch.setattr(provision, "load_register", lambda path: {GOOD: found})
        monkeypatch.setattr(provision, "today", lambda: DAY)
        return found

    return of


@pytest.fixture
def drawn(monkeypatch):
    """Let the rows of the extract be two drawn ones; a column can be changed."""

    def rows(plan, came=5, **values):
        def write(frame, folder, name):
            columns = {}
            for one in plan:
                given = {"person_id": ["p1_" + "0a" * 16, "p1_" + "0b" * 16], "sex": ["F", "M"]}
                cells = values.get(one.name, given.get(one.name, [None, None]))
                columns[one.name] = pa.array(cells, TYPES[one.type])
            path = folder / f"{name}.parquet"
            pq.write_table(pa.table(columns), path)
            extract.files.write_csv(path)
            return path

        monkeypatch.setattr(extract.files, "write_rows", write)
        monkeypatch.setattr(extract.provision, "extract", lambda *given: None)
        outside = SimpleNamespace(collect=lambda: [{"outside": 3}])
        monkeypatch.setattr(extract.provision, "count_outside", lambda *given: outside)
        record = SimpleNamespace(content_hash="the table's hash", rows=came)
        monkeypatch.setattr(provision.inputs, "record_of", lambda *given: record)
        monkeypatch.setattr(provision.inputs, "read", lambda *given: None)

    return rows


def deeds(config):
    return [(one.what, one.about, one.outcome) for one in AuditLog.of(config).entries()]


def test_an_extract_is_written_described_and_recorded(config, project, drawn, capsys):
    drawn(variables_of(project()))
    folder = provision.provision_project(GOOD, config, spark=object())
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    with (folder / "dictionary.csv").open(newline="") as file:
        lines = {line["name"]: line for line in csv.DictReader(file)}
    with (folder / "k_anonymity.csv").open(newline="") as file:
        report = {line[0]: line[1:] for line in csv.reader(file)}

    assert folder == config.lake.root("research") / "extracts" / GOOD / "v1"
    assert {path.name for path in folder.iterdir()} == {
        "dictionary.csv", "dictionary.html", "k_anonymity.csv", "linked_pupils.csv",
        "linked_pupils.parquet", "manifest.json",
    }  # fmt: skip
    assert (manifest["rows"], manifest["key_id"]) == (2, key_id(SECRET))
    assert manifest["made_from"] == "the table's hash"
    assert manifest["population"] == ["ks4_school_type is one of state, special"]
    assert "8 and more together" in lines["household_size"]["derivation"]
    assert lines["sex"]["share missing"] == "0%"
    assert lines["tenure"]["share missing"] == "100%"
    assert report["1"] == ["2", "2"]
    assert report["smallest class"] == ["", "1"]
    assert deeds(config) == [("provision", GOOD, "started"), ("provision", GOOD, "finished")]
    *_, last = AuditLog.of(config).entries()
    assert last.inputs == {"linked_pupils": "the table's hash"}
    assert set(last.outputs) == {path.name for path in folder.iterdir()}
    said = capsys.readouterr().out
    for line in ("pupils in: 5", "pupils out: 2", "pupils set aside: 3", "identifiers: 1"):
        assert line in said


def test_an_extract_in_which_something_identifies_is_destroyed(config, project, drawn):
    drawn(variables_of(project()), region=["SW1A 1AA", None])

    with pytest.raises(ExtractRefusedError, match="region holds 1 values that look like a postc"):
        provision.provision_project(GOOD, config, spark=object())
    assert list((config.lake.root("research") / "extracts" / GOOD).iterdir()) == []
    assert deeds(config)[-1] == ("provision", GOOD, "EXTRACT_REFUSED")


def test_an_extract_that_lost_a_pupil_is_destroyed(config, project, drawn):
    drawn(variables_of(project()), came=6)

    with pytest.raises(CountsDifferError, match="provision: 6 pupils in, 2 out and 3 set aside"):
        provision.provision_project(GOOD, config, spark=object())
    assert list((config.lake.root("research") / "extracts" / GOOD).iterdir()) == []


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"approved": None}, "it is not approved"),
        ({"expires": date(2026, 5, 31)}, "it expired on 2026-05-31"),
        ({"questions": {}}, "whether it is ethical is not decided"),
    ],
)
def test_a_project_that_may_not_be_served_gets_nothing(config, project, values, reason):
    project(**values)

    with pytest.raises(ProjectRefusedError, match=f"{reason}.*No extract was made"):
        provision.provision_project(GOOD, config)
    assert deeds(config)[-1] == ("provision", GOOD, "PROJECT_REFUSED")


def test_an_unknown_project_and_one_without_a_key_get_nothing(config, project, monkeypatch):
    found = project()
    with pytest.raises(ProjectRefusedError, match="the register does not have it"):
        provision.provision_project("ALP-9", config)
    monkeypatch.setattr(provision, "load_register", lambda path: {"ALP-8": found})
    with pytest.raises(KeyMissingError, match=r"ALP-8\.key is not there"):
        provision.provision_project("ALP-8", config)
    assert not config.lake.root("research").exists()


def test_a_dummy_needs_no_approval_no_key_and_no_root(config, project, drawn, tmp_path):
    unapproved = project(approved=None, questions={})
    drawn(variables_of(unapproved))
    made = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            dummy_extract.dummy_steps, "dummy_pupils", lambda *given: made.append(given)
        )
        folder = dummy_extract.provision_dummy(
            GOOD, config.only(()), tmp_path / "dummy", spark=object()
        )

    assert folder == tmp_path / "dummy"
    assert json.loads((folder / "manifest.json").read_text())["key_id"] == "none: a dummy"
    assert len(made) == 1
    assert not (tmp_path / "lake").exists()
