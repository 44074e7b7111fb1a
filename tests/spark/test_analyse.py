"""Analyse: Spark's sums are those of pandas, pupil by pupil, for the links and each draw."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from attainment_linkage.core.analysis.moments import NAMES
from attainment_linkage.core.analysis.sums import moments_of, passes
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


@pytest.fixture(scope="module")
def changes(spark):
    made = table_of(spark, FRAME, tables.LINKED_PUPILS)
    return analyse.pupils_and_changes(made, table_of(spark, DRAWN, tables.DRAWN_PUPILS)).cache()


def test_every_sum_of_every_cell_and_draw_is_that_of_pandas(changes):
    analysed = analysis()
    found_passes = passes(analysed.blocks)
    assert [len(one.blocks) for one in found_passes] == [5, 1]
    for this in found_passes:
        rows = analyse.cell_sums(changes, this).toPandas()
        sums = {name: rows[name].to_numpy() for name in rows.columns}
        found = moments_of(this, DRAWS, sums.pop("draw"), sums.pop("cell"), sums)
        for block in this.blocks:
            for measure in this.measures:
                for draw in range(DRAWS + 1):
                    wanted = cells_of(as_drawn(draw), block, measure)
                    told = found[block.number, measure.name].each(lambda a, d=draw: a[d])
                    for name in NAMES if measure.kind != "profile" else ("n", "w", "ww"):
                        where = f"{block.name} {measure.name} {draw} {name}"
                        assert getattr(told, name) == pytest.approx(getattr(wanted, name)), where


def test_patterns_are_counted_for_the_links_and_for_what_each_draw_changes(changes):
    model = analysis().models[1]
    rows = analyse.pattern_sums(changes, model).toPandas()
    keys = ["factor_0", "factor_1", "factor_2"]
    for draw in range(DRAWS + 1):
        frame = as_drawn(draw)
        inside = frame[frame.is_linked & (frame.ks4_school_type == "state")]
        places = [np.argmax(members(inside, one), axis=0) for one in model.factors]
        w, y = inside.linkage_weight, inside.ks4_level_2_em.astype(float)
        wanted = pd.DataFrame(
            {"n": 1.0, "y": y, "w": w, "wy": w * y, "ww": w**2, "wwy": w**2 * y}
        ).groupby(places).sum()  # fmt: skip
        found = rows[rows.draw.isin([0, draw])].groupby(keys)[list(wanted)].sum()
        found = found[found.n > 0]
        assert found.to_numpy() == pytest.approx(wanted.to_numpy())
    assert (rows[rows.draw == 2].n == 0).all()


def test_codes_that_are_not_listed_are_found(changes):
    made = changes.where("draw = 0")

    assert analyse.found_codes(made, ["region"]).collect()[0]["region"] == list(REGIONS)


def test_names_the_missing_column_before_any_spark_job(spark):
    made = table_of(spark, FRAME[:1], tables.LINKED_PUPILS)
    drawn = table_of(spark, DRAWN[:1], tables.DRAWN_PUPILS)

    with pytest.raises(MissingColumnsError, match="analyse: linked_pupils lacks sex"):
        analyse.pupils_and_changes(made.drop("sex"), drawn)
    with pytest.raises(MissingColumnsError, match="analyse: drawn_pupils lacks draw"):
        analyse.pupils_and_changes(made, drawn.drop("draw"))
    assert dataclasses.is_dataclass(analysis())
