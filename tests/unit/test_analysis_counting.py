"""Counting: sums of batches add up, whatever the batches; a null is in no category and no base."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attainment_linkage.core.analysis.counting import (
    Counter,
    block_moments,
    columns_of,
    model_patterns,
)
from attainment_linkage.core.analysis.definitions import Classification, Measure
from attainment_linkage.core.analysis.places import Batch
from tests.analysis_sample import analysis, cells_of, pupils

ANALYSIS, FRAME = analysis(), pupils(300, seed=3)
DRAW = np.random.default_rng(1).choice([0, 1, 2], len(FRAME), p=[0.8, 0.1, 0.1])


def batch(rows):
    """Rows of the frame as Spark would hand them on, with their draw and sign."""
    frame = FRAME.iloc[rows]
    columns = {name: pa.Array.from_pandas(frame[name]) for name in columns_of(ANALYSIS)}
    columns["draw"] = pa.array(DRAW[rows], pa.int32())
    columns["sign"] = pa.array(np.where(DRAW[rows] == 2, -1.0, 1.0))
    return pa.RecordBatch.from_pydict(columns)


def counted(*batches):
    counter = Counter(ANALYSIS, draws=2)
    for rows in batches:
        counter.add(batch(rows))
    return counter.rows()


WHOLE = counted(np.arange(len(FRAME)))


def test_it_reads_just_the_columns_that_definitions_name():
    assert columns_of(ANALYSIS) == (
        "dependent_children", "has_sen", "is_fsm", "is_linked", "ks4_level_2_em",
        "ks4_points_capped", "ks4_school_type", "linkage_weight", "region", "sex", "tenure",
    )  # fmt: skip


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, len(FRAME)), max_size=3), st.booleans())
def test_batches_and_tasks_of_any_size_add_up(cuts, is_one_task):
    spans = np.split(np.arange(len(FRAME)), sorted(cuts))
    told = counted(*spans) if is_one_task else pa.concat_tables([counted(one) for one in spans])
    again = {block.number: found for block, found in block_moments(ANALYSIS, told, 2)}

    for block, moments in block_moments(ANALYSIS, WHOLE, 2):
        for name, found in moments.items():
            assert again[block.number][name].wyy == pytest.approx(found.wyy), (block.name, name)
    pairs = zip(model_patterns(ANALYSIS, told), model_patterns(ANALYSIS, WHOLE), strict=True)
    for (_, mine), (_, whole) in pairs:
        is_there = mine.n != 0  # what comes in one task and goes in another is nought
        assert mine.codes[is_there].tolist() == whole.codes[whole.n != 0].tolist()
        assert mine.wwy[is_there] == pytest.approx(whole.wwy[whole.n != 0])


def test_links_as_made_are_counted_as_pupil_by_pupil_and_draws_by_sign():
    for block, moments in block_moments(ANALYSIS, WHOLE, 2):
        for measure in block.measures:
            wanted = [cells_of(FRAME[draw == DRAW], block, measure) for draw in (0, 1, 2)]
            told = moments[measure.name]
            assert told.n[0] == pytest.approx(wanted[0].n)
            assert told.n[1] == pytest.approx(wanted[0].n + wanted[1].n)
            assert told.w[2] == pytest.approx(wanted[0].w - wanted[2].w)


def test_nothing_counted_is_no_row():
    assert counted().num_rows == 0
    assert [moments["linked"].n.sum() for block, moments in block_moments(ANALYSIS, counted(), 2)
            if block.table == "A2"] == [0.0]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "values", "kind", "places"),
    [
        (Classification("v", "V", "v", codes={"true": "Yes", "false": "No"}),
         [True, False, None], pa.bool_(), [0, 1, 2]),
        (Classification("v", "V", "v", codes={"1": "Good", "2": "Good", "3": "Bad"}),
         [1, 2, 3, 4, None], pa.int32(), [0, 0, 1, 2, 2]),
        (Classification("v", "V", "v", bands={0.0: "None", 2.0: "More"}),
         [0, 1, 2, 99, -1, None], pa.int32(), [0, 0, 1, 1, 2, 2]),
        (Classification("v", "V", "v", codes={"a": "A"}), [None, None], pa.string(), [1, 1]),
    ],
)  # fmt: skip
def test_a_place_is_that_of_the_category_and_last_where_there_is_none(one, values, kind, places):
    ((found, has_place),) = Batch(pa.RecordBatch.from_pydict({"v": pa.array(values, kind)})).places(
        one
    )

    assert found.tolist() == places
    assert has_place is None


def test_a_pupil_without_a_value_or_a_link_is_in_no_base():
    held = Batch(pa.RecordBatch.from_pydict({
        "v": pa.array([True, False, None, True]), "is_linked": pa.array([True, True, True, None]),
        "linkage_weight": pa.array([2.0, 3.0, 4.0, None]),
    }))  # fmt: skip
    share = Measure("m", "M", "share", "", "linkage", "v", ("true",))
    n, y, wwy = held.terms(share, ("n", "y", "wwy"), np.ones(4))

    assert n.tolist() == [1, 1, 0, 0]
    assert y.tolist() == [1, 0, 0, 0]
    assert wwy.tolist() == [4, 0, 0, 0]
