"""Review: the frame, what is drawn of it, what is most open, and the batches that follow."""

from dataclasses import replace

import pytest

from attainment_linkage.adapters import review_files
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.core.review.decisions import Row as DecisionRow
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingColumnsError, ReviewError
from attainment_linkage.stages.review import batches, sample
from attainment_linkage.steps import review
from tests.review_batch import band_of

SCORED = """
    left_id | right_id | match_weight | rule_number | matchkey_number
    p1      | c1       | 20           | 0           | 2
    p1      | c2       | 9            | 0           | -
    p2      | c3       | 9            | 1           | -
    p2      | c4       | 9            | 1           | -
    p3      | c5       | 0.5          | 2           | -
"""
LINKS = """
    left_id | right_id | match_weight | margin_bits | rule_number | matchkey_number
    p1      | c1       | 20           | 11          | 0           | 2
"""
REVIEWS = """
    left_id | right_id | match_weight | margin_bits | rule_number | matchkey_number | reason
    p2      | c3       | 9            | 0           | 1           | -               | contested
    p2      | c4       | 9            | 0           | 1           | -               | contested
    p3      | c5       | 0.5          | -           | 2           | -               | weak
"""
EDGES = (4.0, 8.0, 12.0)


@pytest.fixture
def framed(rows):
    def made(codes=None):
        given = (
            rows(tables.SCORED_PAIRS, SCORED),
            rows(tables.LINKS, LINKS),
            rows(tables.REVIEW_PAIRS, REVIEWS),
        )
        return review.frame(*given, EDGES, codes)

    return made


def test_every_scored_pair_has_its_cell_and_its_chance(spark, framed):
    codes = spark.createDataFrame([("p1", "s7")], "left_id string, stratum_code string")
    found = {(row.left_id, row.right_id): row for row in framed(codes).collect()}

    assert {pair: tuple(row[name] for name in review.CELL) for pair, row in found.items()} == {
        ("p1", "c1"): ("linked", 3, "2", "s7"),
        ("p1", "c2"): ("lost", 2, "none", "s7"),
        ("p2", "c3"): ("contested", 2, "none", "-"),
        ("p2", "c4"): ("contested", 2, "none", "-"),
        ("p3", "c5"): ("weak", 0, "none", "-"),
    }
    for row in found.values():
        assert row.band == band_of(row.match_weight, EDGES)
        assert row.probability == pytest.approx(2**row.match_weight / (1 + 2**row.match_weight))
    cells = {row.outcome: (row.pairs, row.probability) for row in review.cells(framed()).collect()}
    assert cells["contested"] == (2, pytest.approx(512 / 513))


def test_names_the_missing_column_before_any_spark_job(rows):
    links, reviews = rows(tables.LINKS, LINKS), rows(tables.REVIEW_PAIRS, REVIEWS)
    scored = rows(tables.SCORED_PAIRS, SCORED).drop("match_weight")

    with pytest.raises(MissingColumnsError, match="scored_pairs lacks match_weight"):
        review.frame(scored, links, reviews, EDGES)


def grid(spark, count=60):
    """A frame of one linked and one weak cell, and the strata they are."""
    pairs = [
        (f"p{n // 2}", f"c{n}", 9.0, *cell, 0.9 - 0.01 * (n % 40))
        for n in range(count)
        for cell in [("linked", 1, "0", "-") if n % 3 else ("weak", 0, "0", "-")]
    ]
    frame = spark.createDataFrame(
        pairs,
        "left_id string, right_id string, match_weight double, outcome string, band int, "
        "key string, code string, probability double",
    )
    return frame, [("linked", 1, "0", "-", 0), ("weak", 0, "0", "-", 1)]


CELLS = "outcome string, band int, key string, code string, stratum int"


def test_each_stratum_is_drawn_as_planned_and_no_order_of_rows_decides(spark, rows):
    frame, cells = grid(spark)
    strata = spark.createDataFrame(
        [(*cell, drawn) for cell, drawn in zip(cells, (7, 4), strict=True)], f"{CELLS}, drawn int"
    )

    def drawn(pairs, seed):
        found = review.drawn(pairs, strata, seed).collect()
        return sorted((row.stratum, row.left_id, row.right_id) for row in found)

    first = drawn(frame, 1)
    assert [row[0] for row in first] == [0] * 7 + [1] * 4
    assert drawn(frame.orderBy("probability").repartition(5), 1) == first
    assert drawn(frame, 2) != first


def test_the_most_open_pairs_come_first_one_per_record_and_seen_ones_are_flagged(spark):
    frame, cells = grid(spark)
    decided = [(*cells[0], 50, 50), (*cells[1], 0, 0)]  # of the linked, all 50 were matches
    strata = spark.createDataFrame(decided, f"{CELLS}, decided int, matches int")
    seen = spark.createDataFrame([("p0", "c0")], "left_id string, right_id string")
    found = review.most_open(frame, strata, seen, 25, 1).collect()

    by_pair = {(row.left_id, row.right_id): row for row in frame.collect()}
    assert len({row.left_id for row in found}) == len(found) == 25
    strata_found = [row.stratum for row in found]
    assert strata_found == sorted(strata_found, reverse=True)  # what is settled comes last
    openness = [
        abs(by_pair[row.left_id, row.right_id].probability - 0.5)
        for row in found
        if row.stratum == 1
    ]
    assert openness == sorted(openness)
    assert [row.right_id for row in found if row.is_seen] == ["c0"]


PEOPLE = """
    record_id | forename | surname | surname_parts | birth_date | sex | postcodes
    {}1       | ANN      | SMITH   | SMITH         | 1995-01-02 | F   | AB12CD;AB13EF
    {}2       | BEN      | JONES   | JONES         | 1995-02-03 | M   | AB12CD
    {}3       | CAL      | -       | -             | -          | M   | -
    {}4       | DEE      | PATEL   | PATEL         | 1995-04-05 | F   | AB12CD
    {}5       | EVE      | KHAN    | KHAN          | 1995-05-06 | F   | AB12CD
"""


@pytest.fixture
def linked(spark, rows, monkeypatch):
    """The tables of a linkage as drawn, in the place of those of a lake."""
    given = {
        "scored_pairs": rows(tables.SCORED_PAIRS, SCORED),
        "links": rows(tables.LINKS, LINKS),
        "review_pairs": rows(tables.REVIEW_PAIRS, REVIEWS),
        "attainment_people": rows(
            tables.ATTAINMENT_PEOPLE, PEOPLE.replace("{}", "p"), is_partial=True
        ),
        "census_people": rows(tables.CENSUS_PEOPLE, PEOPLE.replace("{}", "c"), is_partial=True),
    }
    monkeypatch.setattr(sample.inputs, "read", lambda spark, lake, stage, table: given[table.name])
    monkeypatch.setattr(sample.inputs, "stages_read", lambda stage, lake: {})
    for module in (sample, batches):
        monkeypatch.setattr(module, "run_of", lambda lake: "0123456789abcdef")


def test_a_stratified_batch_then_the_most_informative_pairs(
    spark, config, linked, capsys, tmp_path
):
    lake = Lake.open(config.lake, [tables.IDENTIFIERS])
    root = lake.root(tables.IDENTIFIERS)
    settings = replace(config.review, sample_pairs=2, least_pairs=1)
    small = replace(config, review=settings)
    codes = tmp_path / "codes.csv"
    codes.write_text("left_id,stratum_code\np1,s1\np2,s2\n")
    first = sample.draw(small, codes=codes, spark=spark)

    assert {name[3] for name, _ in first.cells} == {"s1", "s2", "-"}
    assert review_files.samples(root) == [first]
    assert sum(one.pairs for one in first.strata) == 5
    assert len(first.pairs) == sum(one.drawn for one in first.strata) == 4
    shown = {pair.left_id: pair.left for pair in first.pairs}["p1"]
    assert shown["forename"] == "ANN"
    assert shown["postcodes"] == ["AB12CD", "AB13EF"]
    assert "middle_names" not in shown
    with pytest.raises(ReviewError, match="has no decision yet"):
        sample.draw(small, codes=codes, spark=spark)

    rows_of = [DecisionRow(first.batch, one.pair, "A", "match") for one in first.pairs]
    with review_files.opened(root, first, "A") as file:
        file.add(rows_of)
    with pytest.raises(ReviewError, match="drawn by other stratum codes"):
        sample.draw(small, spark=spark)
    second = sample.draw(small, codes=codes, spark=spark)
    assert (second.number, second.kind, second.strata) == (1, "informative", first.strata)
    pairs = [{(one.left_id, one.right_id) for one in each.pairs} for each in (first, second)]
    assert not pairs[0] & pairs[1]
    assert set(second.retaken) <= set(first.by_name)
    said = capsys.readouterr().out
    assert "KHAN" not in said
    assert "SMITH" not in said
