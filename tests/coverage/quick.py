"""The research table of a generated population in plain pandas: quick, and a second opinion.

Every pupil on the Census has the true link. Definitions are those of ``domain.research_*``,
written a second time, pupil by pupil and home by home, without Spark.
"""

from __future__ import annotations

import tomllib

import numpy as np
import pandas as pd
import pyarrow as pa

from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.core import derivations as d
from attainment_linkage.core import population as core
from attainment_linkage.core.codes import SEN
from attainment_linkage.core.linkage_weights import fitted
from attainment_linkage.core.population import Population
from attainment_linkage.domain.measure_tables import CHARACTERISTICS

BASE = tomllib.loads((conf_folder() / "base.toml").read_text("utf-8"))


def delivered(made: Population, *, has_others: bool = False) -> dict[str, pd.DataFrame]:
    """The delivered tables and the truth, as texts; the Census of pupils' homes or of all."""
    design = core.design(made)
    blocks = [core.BlockOfPeople(made, design, core.PUPIL_BLOCK, number)
              for number in range(design.pupil_blocks)]  # fmt: skip
    others = [core.BlockOfPeople(made, design, core.OTHER_BLOCK, number)
              for number in range(design.other_blocks if has_others else 0)]  # fmt: skip
    makers = core.MAKERS | {"truth": core.truth, "doubles": core.doubles}
    of = {name: blocks + (others if name == "census" else []) for name in makers}
    return {name: pa.concat_tables([make(block) for block in of[name]]).to_pandas()
            for name, make in makers.items()}  # fmt: skip


def pupils(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """``linked_pupils`` as far as the checked tables need it, weights included."""
    frame = linked(tables)
    return frame.assign(linkage_weight=_weights(frame))


def linked(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The pupils with what their true Census lines say; no weights."""
    frame = _results(tables["ks4"], tables["ks5"])
    frame = frame.merge(_school(tables["school_census"]), on="attainment_id", how="left")
    truth = tables["truth"][["attainment_id", "census_id", "is_mover", "is_twin"]]
    frame = frame.merge(truth, on="attainment_id", how="left")
    frame = frame.merge(_homes(tables["census"]), on="census_id", how="left")
    frame["sex"] = frame.school_sex.fillna(frame.record_sex)
    frame["is_linked"] = frame.census_id.notna()
    frame["person_id"] = frame.attainment_id
    return frame


def _flag(texts: pd.Series) -> pd.Series:
    return texts.map({"1": True, "0": False}).astype("boolean")


def _number(texts: pd.Series) -> pd.Series:
    return pd.to_numeric(texts, errors="coerce")


def _results(ks4: pd.DataFrame, ks5: pd.DataFrame) -> pd.DataFrame:
    first = ks4[ks4.national_result == "1"]
    later = ks5[ks5.national_result == "1"]
    passed = later[(later.level_3 == "1") & (later.academic_year == "2010/11")].attainment_id
    is_due = first.academic_year == "2008/09"
    by_18 = first.attainment_id.isin(passed).astype("boolean")
    return pd.DataFrame(
        {
            "attainment_id": first.attainment_id,
            "record_sex": first.gender,
            "ks4_academic_year": first.academic_year,
            "ks4_school_type": first.school_type,
            "ks4_level_2_em": _flag(first.level_2_em),
            "ks4_points_capped": _number(first.points_capped),
            "has_level_3_by_18": by_18.where(is_due),
        }
    )


def _school(rows: pd.DataFrame) -> pd.DataFrame:
    last = rows.sort_values("academic_year").drop_duplicates("attainment_id", keep="last")
    absence = _number(last.absence_rate)
    cuts = _number(last.idaci_score)
    return pd.DataFrame(
        {
            "attainment_id": last.attainment_id,
            "school_sex": last.gender,
            "ethnicity": last.ethnicity,
            "birth_year": last.year_of_birth,
            "idaci_fifth": 5 - pd.qcut(cuts, 5, labels=False),
            "is_fsm": _flag(last.fsm_eligible),
            "sen": last.sen_provision.map(SEN),
            "has_sen": last.sen_provision.map(SEN).isin(d.SEN).where(last.sen_provision.notna()),
            "is_persistently_absent": (absence >= d.PERSISTENT_ABSENCE).where(absence.notna()),
            "is_excluded": _flag(last.is_excluded),
            "is_child_in_need": _flag(last.is_child_in_need),
            "is_looked_after": _flag(last.is_looked_after),
        }
    )


def _homes(census: pd.DataFrame) -> pd.DataFrame:
    """One row per Census line: own answers, and those of the residents of its household."""
    people = census.assign(
        age=_number(census.age), health=_number(census.general_health),
        limited=_number(census.limiting_condition), care=_number(census.unpaid_care),
        rating=_number(census.occupancy_rating), arrival=_number(census.year_of_arrival),
    )  # fmt: skip
    people = people[people.is_away_student != "1"]
    child = people.relationship == "child"
    young = (people.age <= d.OLDEST_DEPENDENT_STUDENT) & (people.is_student == "1") & child
    dependent = (people.age < d.YOUNGEST_ADULT) | young
    adult = (people.age >= d.YOUNGEST_ADULT) & ~dependent
    parent = people.relationship.isin(["reference", "partner"])
    ranks = people.highest_qualification.map({q: at for at, q in enumerate(d.QUALIFICATIONS)})
    unwell = (people.limited <= d.LIMITED) | (people.health >= d.BAD_HEALTH)
    home = people.household_id

    def most(values: pd.Series, rows: pd.Series) -> pd.Series:
        return values.where(rows).groupby(home).max()

    def share(answer: pd.Series, code: str) -> pd.Series:
        known = (adult & answer.notna() & (answer != "")).groupby(home).sum()
        such = (adult & (answer == code)).groupby(home).sum()
        told = np.select([known == 0, such == known, such > 0], ["", "all", "some"], "none")
        return pd.Series(told, known.index).replace("", None)

    labels = dict(enumerate(d.QUALIFICATIONS))
    facts = pd.DataFrame(
        {
            "highest_of_parents": most(ranks, parent).map(labels),
            "highest_of_adults": most(ranks, adult).map(labels),
            "adults_in_work": share(people.economic_activity, d.IN_WORK),
            "adults_english": share(people.main_language, d.ENGLISH),
            "dependent_children": dependent.groupby(home).sum(),
            "children": child.groupby(home).sum(),
            "has_partner": (people.relationship == "partner").groupby(home).any(),
            "has_reference": (people.relationship == "reference").groupby(home).any(),
            "adults": adult.groupby(home).sum(),
            "unwell_parent": (unwell & parent).groupby(home).any(),
        }
    )
    return _flags(people.join(facts, on="household_id"))


def _flags(people: pd.DataFrame) -> pd.DataFrame:
    with_parent = people.relationship == "child"
    is_lone = (
        (people.adults > 0) & ~people.has_partner & people.has_reference & (people.children > 0)
    )
    arrived = people.arrival >= d.RECENT_ARRIVAL
    own_home = people.relationship.isin(["reference", "partner"])
    return pd.DataFrame(
        {
            "census_id": people.census_id,
            "parents_highest_qualification": people.highest_of_parents.where(with_parent),
            "adults_in_work": people.adults_in_work,
            "is_young_carer": people.care >= d.CARES,
            "has_poor_health": (people.limited <= d.LIMITED) | (people.health >= d.BAD_HEALTH),
            "is_in_workless_household": people.adults_in_work == "none",
            "is_in_lone_parent_family": is_lone & with_parent,
            "has_no_qualified_adult": people.highest_of_adults == "none",
            "is_overcrowded": people.rating <= d.OVERCROWDED,
            "is_in_rented_home": people.tenure.isin(d.RENTED),
            "has_parent_in_poor_health": people.unwell_parent & with_parent,
            "has_no_english_speaking_adult": people.adults_english == "none",
            "is_recent_migrant": ~people.country_of_birth.isin(d.BORN_HERE) & arrived,
            "is_gypsy_roma_traveller": people.ethnic_group.isin(d.TRAVELLER),
            "is_in_large_family": people.dependent_children >= d.LARGE_FAMILY,
            "is_away_from_parents": ~with_parent & (people.age < d.CHILDHOOD),
            "is_teenage_parent": own_home & (people.age < d.TEENAGE) & (people.children > 0),
        }
    )


def _weights(frame: pd.DataFrame) -> np.ndarray:
    """Linkage weights as ``measure`` makes them, but for the region."""
    said = {
        "sex": frame.sex, "ethnic_group": frame.ethnicity, "fsm": frame.is_fsm, "sen": frame.sen,
        "idaci_fifth": frame.idaci_fifth, "birth_year": frame.birth_year,
        "mover": frame.is_mover, "twin": frame.is_twin,
    }  # fmt: skip
    table = pd.DataFrame({name: said.get(name, pd.Series("x", frame.index)).astype(str)
                          for name in CHARACTERISTICS}).assign(linked=frame.is_linked)  # fmt: skip
    names = list(CHARACTERISTICS)
    counts = table.groupby(names).linked.agg(["size", "sum"]).reset_index()
    model = fitted(
        {name: counts[name].tolist() for name in names},
        counts["size"].to_numpy(float),
        counts["sum"].to_numpy(float),
        BASE["measure"]["largest_weight_ratio"],
    )
    line = model.level + sum(table[name].map(model.effects[name]) for name in names)
    weight = np.minimum(1 + np.exp(-line), model.largest) * model.scale
    return np.where(frame.is_linked, weight, np.nan)
