"""Outputs: what the analysis makes is what output checking takes."""

import tomllib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from attainment_linkage.core.analysis.cells import block_answers
from attainment_linkage.core.analysis.counting import Counter, block_moments, columns_of
from attainment_linkage.core.analysis.counts import told_once
from attainment_linkage.core.analysis.models import model_result
from attainment_linkage.core.analysis.moments import NAMES, Moments
from attainment_linkage.core.analysis.outputs import block_output, model_output
from attainment_linkage.core.analysis.reading import read_analysis
from attainment_linkage.core.disclosure.cells import table_of
from attainment_linkage.core.disclosure.description import described
from attainment_linkage.core.disclosure.tables import Count
from attainment_linkage.core.given import plain
from attainment_linkage.domain import tables
from tests.analysis_sample import analysis, pupils
from tests.unit.test_analysis_models import CODES, FRAME, pattern_counts


def checked(output):
    """The table as output checking reads it: it refuses what does not add up."""
    description = described(plain(output.description), output.name)
    return table_of(output.name, description, output.header, output.rows)


def drawn_moments(block, seed=1):
    rng = np.random.default_rng(seed)
    cells = [Moments.of(rng.integers(0, 2, 30).astype(float), 1 + rng.random(30))
             for _ in range(int(np.prod(block.shape)))]  # fmt: skip
    made = Moments(*(np.array([getattr(cell, name) for cell in cells]) for name in NAMES))
    return made.each(lambda one: one.reshape(1, *block.shape))


@pytest.mark.parametrize("number", [0, 1, 2, 3, 5])
def test_a_block_is_taken_by_output_checking_as_it_is(number):
    analysed = analysis()
    block = analysed.blocks[number]
    moments = {measure.name: drawn_moments(block) for measure in block.measures}
    output = block_output(analysed, block, list(block_answers(block, moments, 0.95)))

    table = checked(output)
    assert len(table.cells) == len(output.rows)
    assert table.description.filter["ks4_school_type"] == ("state",)


def test_shares_leave_in_percent_with_their_counts_and_linked_tables_say_so():
    analysed = analysis()
    block = analysed.blocks[0]
    moments = {measure.name: drawn_moments(block) for measure in block.measures}
    answers = list(block_answers(block, moments, 0.95))
    table = checked(block_output(analysed, block, answers))
    row = table.cells[("Female",)]

    assert table.name == "A1_sex"
    assert table.description.filter["is_linked"] == ("true",)
    assert "is_linked" not in checked(
        block_output(analysed, analysed.blocks[5], list(block_answers(
            analysed.blocks[5],
            {measure.name: drawn_moments(analysed.blocks[5])
             for measure in analysed.blocks[5].measures}, 0.95)))
    ).description.filter  # fmt: skip
    assert row["level_2_em"] == pytest.approx(100 * answers[0].estimate, abs=6e-4)
    assert row["level_2_em_count"] == answers[0].numerator
    assert row["points"] == pytest.approx(answers[1].estimate, abs=6e-4)


def test_shares_of_one_column_part_their_base_only_where_they_add_up_to_it():
    """Of those who are known: with meals and without; of all, those with meals part nothing."""
    analysed, rng = analysis(), np.random.default_rng(4)
    block = next(one for one in analysed.blocks if one.table == "A5")
    has = [rng.integers(0, 2, 40).astype(float) for _ in range(block.shape[0])]

    def moments(values, more=0):
        cells = [Moments.of(np.append(one, np.zeros(more)), np.ones(len(one) + more))
                 for one in values]  # fmt: skip
        return Moments(*(np.array([[getattr(c, name) for c in cells]]) for name in NAMES))

    of = {"met": moments(has, 3), "not_met": moments([1 - one for one in has]),
          "has_met": moments(has)}  # fmt: skip
    table = checked(block_output(analysed, block, list(block_answers(block, of, 0.95))))

    parted = {one.column: one.parting for one in table.description.count if one.of}
    assert parted == {"met_count": "", "not_met_n": "", "not_met_count": "is_fsm",
                      "has_met_count": "is_fsm"}  # fmt: skip
    assert table.cells[("All",)]["met_n"] == 43 * block.shape[0]
    assert table.description.classification[0].labels["E12000007"] == "London"
    some = of | {"not_met": moments([one * 0 for one in has])}  # no longer everybody
    table = checked(block_output(analysed, block, list(block_answers(block, some, 0.95))))
    assert not table.description.partings


def test_a_model_is_taken_by_output_checking_as_it_is():
    for model in analysis().models:
        # the order of factors in CODES is that of the gaps model; the sums are what counts
        result = model_result(
            model, pattern_counts(FRAME, CODES[[f.name for f in model.factors]]), 0, 0.95
        )
        table = checked(model_output(model, result))

        assert table.description.kind == "model"
        assert table.description.residual_degrees_of_freedom == len(FRAME) - 6
        assert table.cells[("All",)]["n"] == len(FRAME)


def test_a_count_is_told_once_and_a_smaller_base_as_a_part():
    """Points and Level 2 are of the same pupils; Level 3 is of one cohort of them."""
    told = told_once(
        [
            (Count("level_2_n"), (60, 40, 100)),
            (Count("level_2_count", of="level_2_n"), (30, 10, 40)),
            (Count("points_n"), (60, 40, 100)),
            (Count("points_count", of="points_n"), (60, 40, 100)),
            (Count("level_3_n"), (30, 15, 45)),
            (Count("level_3_count", of="level_3_n"), (20, 5, 25)),
            (Count("late_n"), (12, 15, 27)),
            (Count("other_n"), (61, 2, 63)),
        ]
    )

    assert [(one.column, one.of) for one in told.counts] == [
        ("level_2_n", ""), ("level_2_count", "level_2_n"), ("points_count", "level_2_n"),
        ("level_3_n", "level_2_n"), ("level_3_count", "level_3_n"), ("late_n", "level_3_n"),
        ("other_n", ""),
    ]  # fmt: skip
    assert told.called["points_n"] == "level_2_n"
    # that all of them have it is a finding of its own, and no second name of the base
    assert told.called["points_count"] == "points_count"


@pytest.mark.parametrize("is_there", [False, True])
def test_nobody_is_declared_where_nobody_can_be_while_nobody_is_there(is_there):
    """By block and measure; the counts that are a part of one go with it."""
    nobody = [
        {"cell": {"owner": ["Renter"], "sex": ["Female", "Male"]}, "reason": "so"},
        {"cell": {"owner": ["Owner"]}, "measures": ["level_2_em"], "reason": "as well"},
    ]
    analysed = analysis(nobody=nobody)
    alone, crossed = analysed.blocks[:2]
    moments = {measure.name: drawn_moments(crossed) for measure in crossed.measures}
    if not is_there:
        moments = {name: of.each(lambda one: one * 0) for name, of in moments.items()}
        # the base of the other measure is not the same, or it would be told once
        moments["points"].n[0, 0, 0] = 30.0
    zeros = block_output(
        analysed, crossed, list(block_answers(crossed, moments, 0.95))
    ).description.structural_zero

    assert alone.name == "sex"
    if is_there:
        assert zeros == ()
        return
    assert [(dict(one.cell), one.columns) for one in zeros] == [
        ({"owner": "Renter", "sex": "Female"}, ()),
        ({"owner": "Renter", "sex": "Male"}, ()),
        ({"owner": "Owner"}, ("level_2_em_n", "level_2_em_count")),
    ]


def test_a_new_table_is_a_few_lines_of_toml_and_no_code():
    """The documentation's own example: read, counted, answered, and taken by output checking."""
    conf = Path(__file__).parents[2] / "conf"
    text = (conf / "README.md").read_text("utf-8").split("## Analysis")[1]
    added = tomllib.loads(text.split("```toml\n")[1].split("```")[0])
    given = tomllib.loads((conf / "analysis.toml").read_text("utf-8"))
    given |= {"table": added["table"], "model": []}
    given["classification"] |= added["classification"]
    frame = pupils(900, seed=5).assign(cars=np.arange(900) % 3)
    analysed = read_analysis(given, tables.LINKED_PUPILS)
    columns = {name: pa.Array.from_pandas(frame[name]) for name in columns_of(analysed)}
    counter = Counter(analysed, 0)
    counter.add(pa.RecordBatch.from_pydict(
        columns | {"draw": pa.array([0] * 900, pa.int32()), "sign": pa.array([1.0] * 900)}
    ))  # fmt: skip
    outputs = {
        block.name: checked(
            block_output(analysed, block, list(block_answers(block, found, analysed.level)))
        )
        for block, found in block_moments(analysed, counter.rows(), 0)
    }
    inside = frame[frame.is_linked & frame.ks4_school_type.isin(["state", "special"])]

    assert list(outputs) == ["cars", "cars x fsm"]
    for number, label in enumerate(("None", "One", "More")):
        of = inside[inside.cars == number]
        assert outputs["cars"].count((label,), "level_2_em_n") == len(of)
        assert outputs["cars x fsm"].count((label, "Yes"), "level_2_em_count") == int(
            of[of.is_fsm.fillna(False)].ks4_level_2_em.sum()
        )
