"""Kernel: block and score what one task holds with Splink on an embedded DuckDB. No Spark here.

A task holds every record whose key fell to its slices, of both files. Each pair that meets a
rule is formed in one task only: that of its lowest rule. So the tasks' answers together are
the answer of single-process Splink, pair for pair and bit for bit.

Source: Splink 5 (Linacre et al. 2022, IJPDS 7:23), public API: blocked pairs are
registered, term-frequency tables are registered, ``predict`` scores them.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from attainment_linkage.core.cheap_sql import cheap_comparisons
from attainment_linkage.core.layout import Task
from attainment_linkage.core.reach import Reach, assured, is_assured, reach
from attainment_linkage.core.rule_sql import (
    ELEMENT,
    first_holding_sql,
    is_covered,
    none_holds_sql,
    pairs_sql,
)
from attainment_linkage.core.rules import Rule

WEIGHT_DECIMALS = 6
"""Weights are rounded to 1e-6 bits before any decision: training moves them by 2e-11."""
SLACK_BITS = 10.0**-WEIGHT_DECIMALS
ROUNDED = f"round(match_weight, {WEIGHT_DECIMALS})"
_NOTHING: Mapping[str, str] = {}
SCORED_SCHEMA = pa.schema(
    [
        ("left_id", pa.string()),
        ("right_id", pa.string()),
        ("match_weight", pa.float64()),
        ("rule_number", pa.int32()),
        ("matchkey_number", pa.int32()),
    ]
)


@dataclass(frozen=True)
class Kernel:
    """What every task needs to score: the model, whole.

    ``settings`` are Splink's own, trained; ``rules`` and ``matchkeys`` are all of the
    model's, of which a task's group names those it forms pairs for.
    """

    settings: Mapping[str, Any]
    rules: tuple[Rule, ...]
    matchkeys: tuple[Rule, ...]
    term_frequency_columns: tuple[str, ...]
    review_bits: float
    memory_mib: int


def open_database(memory_mib: int, spill_directory: str) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that stays within its memory and spills where it is told.

    What it spills is encrypted under a key that dies with it. DuckDB calls its built-in cipher
    unsafe, as the key is not drawn from the system's random source; a better one would need an
    extension to be fetched. It keeps names from whoever finds the files, which is what it is
    for; the volume's encryption keeps them from whoever takes the disk.
    """
    return duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": f"{memory_mib}MiB",
            "temp_directory": spill_directory,
            # spill files hold names; a killed task leaves them behind
            "temp_file_encryption": True,
            "force_mbedtls_unsafe": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )


def score_task(records: pa.Table, kernel: Kernel, task: Task, spill_directory: str) -> pa.Table:
    """Score the pairs of one task at or above the review threshold, or by a matchkey.

    Grain: in, one row per record of its slices (and array element, where the key is one):
    is_left, record_id, the model's columns, tf_<column>; out, one row per pair, SCORED_SCHEMA.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    database = open_database(kernel.memory_mib, spill_directory)
    try:
        rules = {number: kernel.rules[number] for number in task.group.rule_numbers}
        reaches = {n: found for n, rule in rules.items() if (found := reach(kernel.settings, rule))}
        keys = {
            number: bits
            for number in task.group.matchkey_numbers
            if is_covered(kernel.matchkeys[number], kernel.rules)
            and (bits := assured(kernel.settings, kernel.matchkeys[number]))
        }
        computed = {_settled(n): one.settled for n, one in reaches.items()}
        computed |= {_assured(n): bits for n, bits in keys.items()}
        load(database, records, task, computed)
        return _Scoring(database, kernel, task, reaches, keys).scored_pairs()
    finally:
        database.close()


def load(
    database: duckdb.DuckDBPyConnection,
    records: pa.Table,
    task: Task,
    computed: Mapping[str, str] = _NOTHING,
) -> None:
    """Number the records of the task, its part of the side that is cut, and part them by file.

    ``computed``: further columns, each an expression over a record.
    """
    database.register("delivered", records)
    is_keyed_on_elements = task.group.array_equality is not None
    select = f"select distinct on (is_left, record_id) * exclude ({ELEMENT})"
    more = "".join(f', {sql} as "{name}"' for name, sql in computed.items())
    database.execute(
        f"create table records as select *, row_number() over () position{more} from "
        f"({select if is_keyed_on_elements else 'select *'} from delivered where {_own_part(task)})"
    )
    for side, condition in (("left", "r.is_left"), ("right", "not r.is_left")):
        database.execute(f"create view {side}s as select * from records r where {condition}")
        if is_keyed_on_elements:
            database.execute(
                f"create table {side}_elements as select r.*, d.element from records r join "
                f"(select distinct record_id, is_left, {ELEMENT} as element from delivered) d "
                f"using (record_id, is_left) where {condition}"
            )


def _settled(number: int) -> str:
    """The column of a record's bits that a rule settles."""
    return f"settled_by_rule_{number}"


def _assured(number: int) -> str:
    """The column of the bits that a record's pairs of a matchkey have."""
    return f"assured_by_key_{number}"


def _own_part(task: Task) -> str:
    """Which records of a slice that several tasks score are this task's."""
    if task.parts == 1:
        return "true"
    whole = "not is_left" if task.cuts_left else "is_left"
    return f"{whole} or hash(record_id) % {task.parts} = {task.part}"


class _Scoring:
    """Splink bound to the records of one task."""

    def __init__(
        self,
        database: duckdb.DuckDBPyConnection,
        kernel: Kernel,
        task: Task,
        reaches: Mapping[int, Reach],
        assured_keys: Collection[int],
    ) -> None:
        from splink import DuckDBAPI, Linker  # slow: not at every command's start

        self.database, self.kernel, self.group = database, kernel, task.group
        self.reaches, self.assured_keys = reaches, assured_keys
        self.api = DuckDBAPI(connection=database)
        settings = {
            **kernel.settings,
            "comparisons": cheap_comparisons(kernel.settings["comparisons"]),
            "link_type": "dedupe_only",
            "unique_id_column_name": "position",
            "retain_matching_columns": False,
            "retain_intermediate_calculation_columns": False,
            "additional_columns_to_retain": [],
        }
        # what Splink copies for each pair's record, and no more
        spared = ["is_left", "record_id", *map(_settled, reaches), *map(_assured, assured_keys)]
        database.execute(
            f"create view compared as select * exclude ({', '.join(spared)}) from records"
        )
        self.linker = Linker(
            self.api.register(database.table("compared")),
            settings,
            log_level=None,
            validate_settings=False,
        )
        for column in kernel.term_frequency_columns:
            frequencies = database.sql(
                f'select distinct "{column}", "tf_{column}" from records '
                f'where "{column}" is not null'
            )
            self.linker.table_management.register_term_frequency_lookup(
                self.api.register(frequencies.to_arrow_table()), column
            )

    def scored_pairs(self) -> pa.Table:
        """Pairs over the threshold by the group's rules, then what only matchkeys gave."""
        threshold = self.kernel.review_bits
        self.database.execute(f"create table blocked as {self._candidates_sql()}")
        blocked = self._weights("blocked", threshold - SLACK_BITS)
        is_strong = f"{ROUNDED} >= {threshold!r}"
        found = [self._named(blocked, is_strong)]
        if self.group.matchkey_numbers:
            # blocking gives a pair of a matchkey unless it is weak, or of no rule
            self.database.execute(f"create table by_key as {self._matchkeys_sql(blocked)}")
            if self.database.table("by_key").limit(1).fetchall():
                by_key = self._weights("by_key", None)
                found.append(self._named(by_key, f"not {is_strong} or rule_number is null"))
        return pa.concat_tables(found)

    def _candidates_sql(self) -> str:
        """Pairs of the group's rules, each by its lowest rule of all groups.

        Those that no similarity could lift to review are left out.
        """
        rules, group = self.kernel.rules, self.group
        return _union_sql(
            f"select '{n}' as match_key, l.position as join_key_l, r.position as join_key_r "
            f"{pairs_sql(rules[n], group.array_equality)} and {none_holds_sql(rules[:n], rules[n])}"
            f"{self._within_reach_sql(n)}"
            for n in group.rule_numbers
        )

    def _within_reach_sql(self, number: int) -> str:
        if number not in self.reaches:
            return ""
        least = self.kernel.review_bits - SLACK_BITS
        return f" and {self.reaches[number].condition(_settled(number), least)}"

    def _matchkeys_sql(self, blocked: str) -> str:
        """Pairs of the group's matchkeys, each by its lowest key, not yet scored here.

        Those that a rule brings to review for certain are left to it.
        """
        keys, group = self.kernel.matchkeys, self.group
        pairs = _union_sql(
            f"select '' as match_key, l.position as join_key_l, r.position as join_key_r "
            f"{pairs_sql(keys[n], group.array_equality)} and {none_holds_sql(keys[:n], keys[n])}"
            f"{self._not_assured_sql(n)}"
            for n in group.matchkey_numbers
        )
        return (
            f"select * from ({pairs}) k where not exists (select 1 from {blocked} b "
            "where b.position_l = k.join_key_l and b.position_r = k.join_key_r)"
        )

    def _not_assured_sql(self, number: int) -> str:
        if number not in self.assured_keys:
            return ""
        sure = is_assured(_assured(number), self.kernel.review_bits)
        return f" and ({sure}) is not true"

    def _weights(self, pairs: str, threshold_bits: float | None) -> str:
        """Splink's weights of the pairs in a table; the name of the table that holds them."""
        self.linker.table_management.register_blocked_pairs_for_predict(
            self.api.register(self.database.table(pairs))
        )
        predictions = self.linker.inference.predict(
            threshold_match_weight=threshold_bits, warning_mode="never"
        )
        return str(predictions.physical_name)

    def _named(self, scored: str, condition: str) -> pa.Table:
        """Scored positions as ids, with the lowest rule and matchkey of each pair."""
        named = self.database.sql(
            "select * from (select l.record_id as left_id, r.record_id as right_id, "
            f"s.match_weight, {first_holding_sql(self.kernel.rules)} as rule_number, "
            f"{first_holding_sql(self.kernel.matchkeys)} as matchkey_number "
            f"from {scored} s join lefts l on l.position = s.position_l "
            f"join rights r on r.position = s.position_r) where {condition}"
        )
        return named.to_arrow_table().cast(SCORED_SCHEMA)


def _union_sql(selects: Iterable[str]) -> str:
    nothing = "select '' as match_key, 0::bigint as join_key_l, 0::bigint as join_key_r where false"
    return " union all ".join([*selects, nothing])
