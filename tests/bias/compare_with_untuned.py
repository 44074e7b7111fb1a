"""Compares the recall gap between ethnic groups with that of untuned Splink, on one lake.

By hand, on the lake of a generated run (`make demo`), whose truth lies beside its roots:

    python tests/bias/compare_with_untuned.py LAKE [--smallest 100]

Untuned Splink gets the same linkage records, the comparisons its own documentation starts
from, four blocking rules, two EM sessions on its defaults, and a greedy one-to-one. Its
threshold is the lowest at which its false-link rate is no higher than ours. Prints, per
ethnic group of at least the smallest number of linkable pupils, both recalls; then the gaps.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

BLOCKS = (
    ("birth_date", "surname"),
    ("birth_date", "forename"),
    ("forename", "surname", "postcode"),
    ("birth_date", "postcode"),
)
SESSIONS = (("forename", "surname"), ("birth_date",))
COLUMNS = "record_id, forename, surname, birth_date, sex, postcode"


def newest(lake: Path, root: str, table: str) -> str:
    """The Parquet files of the latest making of a table."""
    folders = [path for path in (lake / root / table).iterdir() if path.is_dir()]
    return str(max(folders, key=lambda path: path.stat().st_mtime) / "*.parquet")


def opened(lake: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB with views of the lake's records, links and truth."""
    database = duckdb.connect(config={"threads": 1})
    logging.getLogger("splink").setLevel(logging.ERROR)
    files = {
        name: newest(lake, "identifiers", name)
        for name in ("attainment_people", "census_people", "links")
    }
    files |= {
        name: str(lake / "truth" / folder / "*.parquet")
        for name, folder in (("truth", "links"), ("doubles", "census_doubles"))
    }
    for name, path in files.items():
        database.execute(f"create view {name} as select * from '{path}'")
    database.execute(
        "create table lines as select record_id, coalesce(double_of, record_id) as person "
        "from census_people left join doubles on census_id = record_id"
    )
    database.execute(
        "create table planted as select attainment_id, ethnic_group, "
        "coalesce(double_of, t.census_id) as person from truth t "
        "left join doubles d on d.census_id = t.census_id"
    )
    return database


def untuned_pairs(database: duckdb.DuckDBPyConnection) -> pa.Table:
    """Every pair that untuned Splink weighs: left_id, right_id, match_weight."""
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="record_id",
        comparisons=[
            cl.JaroWinklerAtThresholds("forename").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.ExactMatch("sex"),
            cl.PostcodeComparison("postcode"),
        ],
        blocking_rules_to_generate_predictions=[block_on(*names) for names in BLOCKS],
    )
    api = DuckDBAPI(connection=database)
    sides = [
        api.register(
            database.sql(f"select {COLUMNS} from {name}").to_arrow_table(),
            dataset_display_name=side,
        )
        for side, name in (("a_left", "attainment_people"), ("b_right", "census_people"))
    ]
    linker = Linker(sides, settings, log_level=None)
    rules = [block_on("forename", "surname", "birth_date")]
    linker.training.estimate_probability_two_random_records_match(rules, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for names in SESSIONS:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*names))
    found = linker.inference.predict(threshold_match_weight=-10, warning_mode="never")
    return database.sql(
        "select record_id_l as left_id, record_id_r as right_id, match_weight "
        f"from {found.physical_name} order by match_weight desc, left_id, right_id"
    ).to_arrow_table()


def greedy(pairs: pa.Table) -> pa.Table:
    """One to one: the heaviest pair first, each record once."""
    left, right = pairs["left_id"].to_pylist(), pairs["right_id"].to_pylist()
    taken: set[str] = set()
    kept = []
    for one, other in zip(left, right, strict=True):
        is_free = one not in taken and other not in taken
        kept.append(is_free)
        if is_free:
            taken |= {one, other}
    return pairs.filter(pa.array(kept))


def judged(database: duckdb.DuckDBPyConnection, links: pa.Table) -> pa.Table:
    """Links in the order of their weight with whether each is right."""
    database.register("judged_links", links)
    return database.sql(
        "select j.left_id, j.match_weight, coalesce(p.person = l.person, false) as is_right "
        "from judged_links j join lines l on l.record_id = j.right_id "
        "left join planted p on p.attainment_id = j.left_id "
        "order by j.match_weight desc, j.left_id"
    ).to_arrow_table()


def at_false_rate(links: pa.Table, rate: float) -> pa.Table:
    """The most links, from the heaviest on, whose share of false ones is at most the rate."""
    false = np.cumsum(~links["is_right"].to_numpy(zero_copy_only=False))
    good = np.flatnonzero(false <= rate * np.arange(1, len(false) + 1))
    return links.slice(0, int(good[-1]) + 1 if len(good) else 0)


def recalls(
    database: duckdb.DuckDBPyConnection, links: pa.Table, smallest: int
) -> dict[str, tuple[int, float]]:
    """Per ethnic group: linkable pupils, and the share of them that has its right link."""
    database.register("found_links", links)
    rows = database.sql(
        "select ethnic_group, count(*), avg(coalesce(is_right, false)::int) from planted "
        "left join found_links on left_id = attainment_id where person is not null "
        f"group by 1 having count(*) >= {smallest} order by 1"
    ).fetchall()
    return {group: (count, share) for group, count, share in rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lake", type=Path)
    parser.add_argument("--smallest", type=int, default=100)
    given = parser.parse_args()
    database = opened(given.lake)
    columns = "left_id, right_id, match_weight"
    ours = judged(database, database.sql(f"select {columns} from links").to_arrow_table())
    rate = 1 - float(np.mean(ours["is_right"].to_numpy(zero_copy_only=False)))
    untuned = at_false_rate(judged(database, greedy(untuned_pairs(database))), rate)
    both = [recalls(database, links, given.smallest) for links in (ours, untuned)]
    false = 1 - float(np.mean(untuned["is_right"].to_numpy(zero_copy_only=False)))
    print(f"links: ours {len(ours):,}, untuned {len(untuned):,}; false: {rate:.5f}, {false:.5f}")
    for group, (count, share) in both[0].items():
        print(f"{group:<8} {count:>8,} {share:8.4f} {both[1][group][1]:8.4f}")
    gaps = [max(s for _, s in found.values()) - min(s for _, s in found.values()) for found in both]
    print(f"largest gap: ours {gaps[0]:.4f}, untuned {gaps[1]:.4f}, ratio {gaps[0] / gaps[1]:.2f}")


if __name__ == "__main__":
    main()
