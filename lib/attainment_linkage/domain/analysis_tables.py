"""Analysis tables: the answers of the analysis before output checking; they stay in the room."""

from __future__ import annotations

from attainment_linkage.domain.table import RESEARCH, Column, Table, required

_PARTS = (
    ("estimate", "the answer, over all draws of links; null: no pupil, or no term of the model"),
    ("low", "lower end of its interval, sampling and linkage error together"),
    ("high", "upper end of it"),
    ("naive", "the answer without weights, every link taken as right"),
    ("naive_low", "lower end of the naive answer's interval, sampling error alone"),
    ("naive_high", "upper end of it"),
    ("sampling_error", "standard error by sampling"),
    ("linkage_error", "standard error by the draws of links"),
)

ANALYSIS_CELLS = Table(
    "analysis_cells",
    "one row per cell, or term of a model, and measure; margins are cells too",
    RESEARCH,
    (
        required("table_name", "table or model of conf/analysis.toml"),
        required("block", "its crossing of classifications; term: of a model"),
        Column("cell", "place of the cell in the block, from 0", "int", is_required=True),
        Column("category_1", "category in the first classification; All: the margin"),
        Column("category_2", "category in the second classification; null: there is none"),
        Column("category_3", "category in the third classification; null: there is none"),
        required("measure", "what is measured"),
        required("n", "pupils it is measured of, unweighted, as linked", "bigint"),
        Column("numerator", "those of them who have it; null: a mean", "bigint", "pupils"),
        required("weighted_n", "pupils they stand for", "double"),
        *(Column(name, meaning, "double") for name, meaning in _PARTS),
    ),
    ("table_name", "block", "cell", "measure"),
)  # fmt: skip
"""Shares and gaps lie in -1 to 1, coefficients are log odds ratios."""
