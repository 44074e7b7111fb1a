"""Analyse: Spark's sums are those of pandas, pupil by pupil, for the links and each draw."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from attainment_linkage.core.analysis.counting import (
    MODEL_SUMS,
    block_moments,
    model_patterns,
)
from attainment_linkage.core.analysis.moments import NAMES
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.steps import analyse
from tests.analysis_sample import REGIONS, analysis, cells_of, members, pupils

FRAME = pupils(400, seed=8)
DRAWS = 3


def redrawn(frame):
    """What two of three draws change: some pupils lose their link, some get another home."""
    lost = frame[:15].assign(draw=1, is_linked=False, linkage_weight=np.nan, tenure=None,
                             dependent_children=np.nan, region=None)  # fmt: skip
    moved = frame[frame.is_linked][20:40].assign(draw=3, tenure="private", dependent_children=5)
    return pd.concat([lost, moved])


DRAWN = redrawn(FRAME)


def as_drawn(draw):
    """All pupils as one draw links them."""
    if draw == 0:
        return FRAME
    changed = DRAWN[DRAWN.draw == draw]
    return pd.concat([FRAME[~FRAME.person_id.isin(changed.person_id)], changed])


def table_of(spark, frame, table):
    """A pandas frame as a table; columns it does not have are null."""
    cells = [
        [None if pd.isna(value) else getattr(value, "item", lambda value=value: value)()
         for value in row]
        for row in frame.itertuples(index=False)
    ]  # fmt: skip
    kinds = {column.name: column.type for column in table.columns}
    whole = [
        [int(value) if kinds[name] == "int" and value is not None else value
         for name, value in zip(frame.columns, row, strict=True)]
        for row in cells
    ]  # fmt: skip
    made = spark.createDataFrame(whole, ", ".join(f"{name} {kinds[name]}" for name in frame))
    return made.selectExpr(
        *(name if name in frame else f"cast(null as {kind}) {name}" for name, kind in kinds.items())
    )


ANALYSIS = analysis()


@pytest.fixture(scope="module")
def made(spark):
    return table_of(spark, FRAME, tables.LINKED_PUPILS)


@pytest.fixture(scope="module")
def rows(spark, made):
    changes = analyse.pupils_and_changes(
        made, table_of(spark, DRAWN, tables.DRAWN_PUPILS), ANALYSIS
    )
    return analyse.counted(changes, ANALYSIS, DRAWS).toArrow()


def test_every_sum_of_every_cell_and_draw_is_that_of_pandas(rows):
    for block, moments in block_moments(ANALYSIS, rows, DRAWS):
        for measure in block.measures:
            for draw in range(DRAWS + 1):
                wanted = cells_of(as_drawn(draw), block, measure)
                told = moments[measure.name].each(lambda a, d=draw: a[d])
                for name in NAMES if measure.kind != "profile" else ("n", "w", "ww"):
                    where = f"{block.name} {measure.name} {draw} {name}"
                    assert getattr(told, name) == pytest.approx(getattr(wanted, name)), where


def test_patterns_are_counted_for_the_links_and_for_what_each_draw_changes(rows):
    model, counts = list(model_patterns(ANALYSIS, rows))[1]
    assert model == ANALYSIS.models[1]
    found = pd.DataFrame({name: getattr(counts, name) for name in MODEL_SUMS})
    for draw in range(DRAWS + 1):
        frame = as_drawn(draw)
        inside = frame[frame.is_linked & (frame.ks4_school_type == "state")]
        places = [np.argmax(members(inside, one), axis=0) for one in model.factors]
        w, y = inside.linkage_weight, inside.ks4_level_2_em.astype(float)
        wanted = pd.DataFrame(
            {"n": 1.0, "y": y, "w": w, "wy": w * y, "ww": w**2, "wwy": w**2 * y}
        ).groupby(places).sum()  # fmt: skip
        of_draw = np.isin(counts.draw, [0, draw])
        told = found[of_draw].groupby(list(counts.codes[of_draw].T)).sum()
        told = told[told.n > 0]
        assert told.to_numpy() == pytest.approx(wanted.to_numpy())
    assert not found[counts.draw == 2].n.any()


def test_codes_that_are_not_listed_are_found(made):
    assert analyse.found_codes(made, ["region"]).collect()[0]["region"] == list(REGIONS)


def test_names_the_missing_column_before_any_spark_job(spark):
    made = table_of(spark, FRAME[:1], tables.LINKED_PUPILS)
    drawn = table_of(spark, DRAWN[:1], tables.DRAWN_PUPILS)

    with pytest.raises(MissingColumnsError, match="analyse: linked_pupils lacks sex"):
        analyse.pupils_and_changes(made.drop("sex"), drawn, ANALYSIS)
    with pytest.raises(MissingColumnsError, match="analyse: drawn_pupils lacks draw"):
        analyse.pupils_and_changes(made, drawn.drop("draw"), ANALYSIS)
    assert dataclasses.is_dataclass(analysis())
