"""Outputs: what is brought badly is refused, with the reason and what to bring."""

import zipfile
from dataclasses import replace

import pytest

from attainment_linkage.adapters.outputs import read_outputs
from attainment_linkage.core.disclosure.rules import OFF
from attainment_linkage.domain.errors import OutputUnusableError
from tests.outputs import FSM, FSM_ROWS, rules, write_request


def refused(folder, said):
    with pytest.raises(OutputUnusableError, match=said):
        read_outputs(folder, rules())


def test_a_table_without_its_description_is_refused(tmp_path):
    folder = write_request(tmp_path)
    (folder / "T3.json").unlink()

    refused(folder, r"T3.csv has 0 descriptions. Bring one, T3.toml")


def test_totals_that_do_not_add_up_are_refused(tmp_path):
    rows = [*FSM_ROWS[:2], ["all", "3001", *FSM_ROWS[2][2:]]]

    refused(write_request(tmp_path, rows=rows), "fsm=all: n is not the sum of its 2 parts")


@pytest.mark.parametrize(("count", "said"), [("-4", "negative"), ("4.5", "fractional")])
def test_negative_and_fractional_counts_are_refused(tmp_path, count, said):
    rows = [["yes", count, *FSM_ROWS[0][2:]], *FSM_ROWS[1:]]

    refused(write_request(tmp_path, rows=rows), f"n is {said}")


def test_a_percentage_without_its_base_is_refused(tmp_path):
    estimate = {"column": "level2", "kind": "percent", "numerator": "n_level2"}
    given = FSM | {"estimate": [estimate]}

    refused(write_request(tmp_path, given=given), "a percentage without its base")


@pytest.mark.parametrize("name", ["T3.parquet", "model.pkl", "notes.ipynb", "plot.svg"])
def test_a_file_of_a_forbidden_type_is_refused(tmp_path, name):
    folder = write_request(tmp_path)
    (folder / name).write_bytes(b"x")

    refused(folder, f"{name} is of a forbidden type")


def test_a_spreadsheet_with_hidden_sheets_is_refused(tmp_path):
    folder = write_request(tmp_path)
    book = '<workbook><sheets><sheet name="a"/><sheet name="b" state="hidden"/></sheets></workbook>'
    with zipfile.ZipFile(folder / "T3.xlsx", "w") as file:
        file.writestr("xl/workbook.xml", book)

    refused(folder, "T3.xlsx is a spreadsheet with 1 hidden among its 2 sheets")


@pytest.mark.parametrize(
    ("name", "hidden"),
    [("T3.csv", "\x00"), ("T3.csv", "\u200b"), ("T3.json", " \u202e"), ("T3.csv", "\ufeff")],
)
def test_hidden_characters_are_refused(tmp_path, name, hidden):
    path = write_request(tmp_path) / name
    path.write_text(path.read_text("utf-8").replace("yes", f"yes{hidden}", 1), "utf-8")

    refused(tmp_path, f"{name} has hidden characters")


def test_hidden_characters_pass_where_their_rule_is_off(tmp_path):
    write_request(tmp_path, given=FSM | {"title": "Level\u200b 2"})
    off = replace(rules().hidden_metadata, severity=OFF)

    refused(tmp_path, "T3.json has hidden characters")
    assert len(read_outputs(tmp_path, replace(rules(), hidden_metadata=off))) == 1


def test_hidden_characters_of_an_acro_session_are_refused(tmp_path):
    (tmp_path / "results.json").write_text('{"results": {}} \u2060', "utf-8")

    refused(tmp_path, "results.json has hidden characters")


def test_a_file_that_describes_nothing_is_refused(tmp_path):
    folder = write_request(tmp_path)
    (folder / "people.json").write_text("{}", "utf-8")

    refused(folder, "holds people.json, which describes no CSV")
