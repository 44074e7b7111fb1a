"""Given pairs: weighs pairs that somebody names, level by level, by Splink on DuckDB. No Spark.

For what blocking does not ask: how far a record could get against itself, and why two
records have the weight they have.

Source: Splink 5, public API: blocked pairs and term-frequency tables are registered.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from attainment_linkage.steps.kernel import open_database

_MEMORY_MIB = 1024


def weighed(
    records: pa.Table,
    settings: Mapping[str, Any],
    term_frequency_columns: Iterable[str],
    pairs: Sequence[tuple[int, int]] | None = None,
) -> pa.Table:
    """The weights of pairs of these records, at the model's own prior.

    Args:
        records: the model's columns and tf_<column>, whatever the file they are of.
        settings: a trained model, Splink's settings.
        term_frequency_columns: those whose value frequencies adjust a weight.
        pairs: places of the left and the right record, from 0; by default each with itself.

    Grain: out, one row per pair: ``left``, ``right``, ``match_weight``, and per comparison
    ``gamma_<name>`` (its level, as Splink numbers them; -1: not known), ``mw_<name>`` and,
    where frequencies count, ``mw_tf_adj_<name>``, in bits.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    itself = [(place, place) for place in range(len(records))]
    left, right = zip(*(itself if pairs is None else pairs), strict=True)
    keys = pa.table({"match_key": [""] * len(left), "join_key_l": left, "join_key_r": right})
    placed = records.append_column("position", pa.array(range(len(records)), pa.int64()))
    with tempfile.TemporaryDirectory(prefix="pairs-") as spill:
        database = open_database(_MEMORY_MIB, spill)
        try:
            from splink import DuckDBAPI, Linker  # slow: not at every command's start

            api = DuckDBAPI(connection=database)
            linker = Linker(
                api.register(placed), _explained(settings), log_level=None, validate_settings=False
            )
            for column in term_frequency_columns:
                frequencies = placed.select([column, f"tf_{column}"]).filter(
                    pc.is_valid(placed[column])
                )
                linker.table_management.register_term_frequency_lookup(
                    api.register(frequencies.group_by([column, f"tf_{column}"]).aggregate([])),
                    column,
                )
            linker.table_management.register_blocked_pairs_for_predict(api.register(keys))
            found = linker.inference.predict(warning_mode="never")
            return _without_values(database.table(found.physical_name).to_arrow_table())
        finally:
            database.close()


def _without_values(pairs: pa.Table) -> pa.Table:
    """The places, weight, levels and bits of each pair; Splink gives its values beside them."""
    called = {"position_l": "left", "position_r": "right", "match_weight": "match_weight"}
    kept = [
        name for name in pairs.column_names if name in called or name.startswith(("gamma_", "mw_"))
    ]
    return pairs.select(kept).rename_columns([called.get(name, name) for name in kept])


def _explained(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The model for pairs within one table, with every step of the weight kept.

    Splink names the levels only beside the values they are of.
    """
    return {
        **settings,
        "link_type": "dedupe_only",
        "unique_id_column_name": "position",
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "additional_columns_to_retain": [],
    }
