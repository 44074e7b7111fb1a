"""Pseudonymise: every pupil once, with a home where one was found, under ids that say nothing."""

import hashlib

import pytest
from pyspark.sql import functions as F

from attainment_linkage.adapters.keys import KeyFile
from attainment_linkage.core.pseudonym import Purpose, pseudonyms_of
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingColumnsError
from attainment_linkage.steps import pseudonymise, research_counts

SECRET = hashlib.sha256(b"the internal secret").digest()
LINKS = """
    attainment_id | census_id | weight_band | matchkey_number
    key           | C1        | 8           | 3
    strong        | C2        | 16          | -
    clear         | C3        | 10          | -
"""
ATTAINMENT = """
    attainment_id | key_stage | academic_year | sex | level_2_em | level_3 | record_count
    key           | 4         | 2008/09       | F   | true       | -       | 2
    key           | 5         | 2010/11       | F   | -          | true    | 1
    strong        | 4         | 2008/09       | M   | false      | -       | 1
    clear         | 4         | 2009/10       | M   | true       | -       | 1
    alone         | 5         | 2010/11       | F   | -          | false   | 3
"""
SCHOOL = """
    attainment_id | sex | ethnicity | ethnic_group_5 | school_urn | local_authority | idaci_score \
        | is_child_in_need | is_looked_after
    key           | F   | WBRI      | white          | S1         | E06000001       | 0.9 \
        | true             | false
    strong        | F   | WROM      | white          | S1         | E06000002       | 0.5 \
        | true             | true
    clear         | M   | UNCLA     | -              | S2         | E06000009       | 0.1 \
        | -                | -
    no_record     | M   | WBRI      | white          | S2         | E06000001       | 0.3 \
        | false            | false
"""
CENSUS = """
    census_id | household_id | relationship | age | highest_qualification | local_authority
    C0        | H1           | reference    | 40  | level2                | E06000001
    C1        | H1           | child        | 17  | none                  | E06000001
    C4        | H1           | child        | 12  | -                     | E06000001
    C2        | H2           | other        | 17  | none                  | E06000002
    C9        | H2           | reference    | 50  | level4                | E06000002
    C3        | H3           | child        | 15  | -                     | E06000001
"""
WEIGHTS = "attainment_id | linkage_weight\nkey | 1.25\nstrong | 1.5\nclear | 1\nalone | 9"


DRAWS = """
    attainment_id | draw | census_id | weight_band | matchkey_number
    key           | 1    | -         | -           | -
    strong        | 1    | C4        | 8           | -
    strong        | 2    | C1        | 16          | 1
    alone         | 2    | C9        | 10          | -
    clear         | 2    | C3        | 10          | -
    no_record     | 1    | C2        | 10          | -
"""


@pytest.fixture
def place(tmp_path):
    path = tmp_path / "internal.key"
    path.write_bytes(SECRET)
    path.chmod(0o400)
    return KeyFile(str(path))


@pytest.fixture
def sources(rows):
    census = rows(tables.CENSUS_CHARACTERISTICS, CENSUS, is_partial=True)
    region = F.concat(F.lit("E12"), F.substring("local_authority", 4, 6))
    return (
        rows(tables.PUPIL_ATTAINMENT, ATTAINMENT, is_partial=True),
        rows(tables.PUPIL_CHARACTERISTICS, SCHOOL, is_partial=True),
        census.withColumn("region", region),
        rows(tables.LINKAGE_WEIGHTS, WEIGHTS, is_partial=True),
    )


@pytest.fixture
def linked(rows, sources):
    links = rows(tables.LINK_SPINE, LINKS, is_partial=True)
    return pseudonymise.linked_pupils(links, *sources)


def test_each_pupil_with_a_record_stands_once_with_what_is_known_of_it(linked):
    lines = linked.collect()
    found = {row.attainment_id: row for row in lines}

    def column(name):
        return [found[key][name] for key in ("key", "strong", "clear", "alone")]

    assert len(lines) == len(found) == 4
    assert column("is_linked") == [True, True, True, False]
    assert column("link_band") == ["matchkey", "strong", "clear", "unlinked"]
    assert column("link_probability") == [0.9961, 1.0, 0.999, None]
    assert column("linkage_weight") == [1.25, 1.5, 1.0, None]
    assert column("sex") == ["F", "F", "M", "F"]  # the school census before the record
    assert column("home") == ["H1", "H2", "H3", None]
    assert column("school_urn") == ["S1", "S1", "S2", None]
    assert column("household_type") == ["lone_parent", "other", "no_adults", None]
    assert column("relationship") == ["child", "other", "child", None]
    assert column("siblings") == [1, None, 0, None]
    assert column("parents_highest_qualification") == ["level2", None, None, None]
    assert column("is_in_lone_parent_family") == [True, False, False, None]
    assert column("is_gypsy_roma_traveller") == [False, True, None, None]
    assert column("is_child_in_need") == [True, True, None, None]
    assert column("is_looked_after") == [False, True, None, None]
    assert column("school_region") == ["E12000001", "E12000002", None, None]
    assert column("idaci_fifth") == [1, 2, 5, None]
    assert column("ks4_record_count") == [2, 1, 1, 0]
    assert column("ks5_record_count") == [1, 0, 0, 3]
    assert column("ks4_level_2_em") == [True, False, True, None]
    assert column("ks5_level_3") == [True, None, None, False]
    # Key Stage 5 of 2011/12 was not delivered, so nothing is known of the pupil of 2009/10
    assert column("has_level_3_by_18") == [True, False, None, None]


def test_ids_are_keyed_hashes_of_their_kind_and_rows_lie_in_their_order(linked, place):
    table = pseudonymise.with_pseudonyms(linked, "internal", 1, place).persist()
    found = table.collect()
    counted = research_counts.counts(table).collect()[0].asDict()
    table.unpersist()

    def ids(kind, *internal):
        named = pseudonyms_of(SECRET, Purpose("internal", 1, kind))
        return {named(one) for one in internal}

    assert table.columns == tables.LINKED_PUPILS.names
    assert {row.person_id for row in found} == ids("person", "key", "strong", "clear", "alone")
    assert {row.household_id for row in found} == {*ids("household", "H1", "H2", "H3"), None}
    assert {row.school_id for row in found} == {*ids("school", "S1", "S2"), None}
    assert counted == {"pupils": 4, "linked": 3, "without_adults": 1, "records": 8}


def test_a_draw_gives_a_pupil_another_home_or_none_and_leaves_the_rest_as_it_was(
    rows, sources, linked, place
):
    attainment, school, census, weights = sources
    away = census.withColumn("is_away_student", F.col("census_id") == "C3")
    drawn = pseudonymise.drawn_pupils(
        rows(tables.LINK_DRAWS, DRAWS), attainment, school, away, weights
    )
    table = pseudonymise.with_pseudonyms(drawn, "internal", 1, place, tables.DRAWN_PUPILS)
    found = {(row.attainment_id, row.draw): row for row in drawn.collect()}
    made = {row.attainment_id: row for row in linked.collect()}

    assert set(found) == {
        ("key", 1), ("strong", 1), ("strong", 2), ("alone", 2), ("clear", 2),
    }  # fmt: skip
    for pupil, draw in (("key", 1), ("clear", 2)):  # nobody; away at term time
        row = found[pupil, draw]
        assert (row.is_linked, row.linkage_weight, row.household_type) == (False, None, None)
        assert row.is_overcrowded is None
    assert found["strong", 1].age == 12
    assert found["strong", 2].parents_highest_qualification == "level2"
    assert found["strong", 2].link_band == "matchkey"
    assert found["strong", 1].linkage_weight == 1.5
    assert found["alone", 2].linkage_weight == 9
    for (pupil, _), row in found.items():
        for name in ("ks4_level_2_em", "idaci_fifth", "sex", "school_urn", "has_level_3_by_18"):
            assert row[name] == made[pupil][name]
    assert table.columns == tables.DRAWN_PUPILS.names


def test_a_pupil_that_only_a_draw_links_has_the_mean_weight_to_nine_digits(rows, sources):
    *others, _ = sources
    weights = "attainment_id | linkage_weight\nkey | 0.1\nstrong | 0.2\nclear | 0.7000000001"
    drawn = pseudonymise.drawn_pupils(
        rows(tables.LINK_DRAWS, DRAWS),
        *others,
        rows(tables.LINKAGE_WEIGHTS, weights, is_partial=True),
    )

    [alone] = drawn.where("attainment_id = 'alone'").collect()
    assert alone.linkage_weight == 0.333333333


def test_names_the_missing_column_before_any_spark_job(rows):
    spine = rows(tables.LINK_SPINE, "attainment_id", is_partial=True)

    with pytest.raises(MissingColumnsError, match="pupil_attainment lacks key_stage"):
        pseudonymise.linked_pupils(spine, spine, spine, spine, spine)
