"""Analyse: the tables and models of conf/analysis.toml, over the research root alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pyspark.sql import DataFrame

from attainment_linkage.adapters.analysis_files import read_definitions, write_outputs
from attainment_linkage.core.analysis.cells import CellAnswer, block_answers, table_rows
from attainment_linkage.core.analysis.definitions import Analysis, ModelDefinition
from attainment_linkage.core.analysis.design import PatternCounts
from attainment_linkage.core.analysis.models import ModelResult, model_result
from attainment_linkage.core.analysis.outputs import block_output, model_output
from attainment_linkage.core.analysis.reading import read_analysis
from attainment_linkage.core.analysis.sums import Pass, moments_of, passes
from attainment_linkage.domain import tables
from attainment_linkage.domain.road import ANALYSE as STAGE
from attainment_linkage.stages.stage_run import StageRun
from attainment_linkage.steps import analyse

__all__ = ["STAGE", "body"]

OUTPUTS = "outputs"


def body(run: StageRun) -> None:
    """Answer every table and model; write the cells, and the outputs for output checking."""
    pupils, drawn = run.read(tables.LINKED_PUPILS), run.read(tables.DRAWN_PUPILS)
    analysis = _analysis(pupils)
    changes = analyse.pupils_and_changes(pupils, drawn)
    draws = analyse.last_draw(drawn).collect()[0]["draws"]
    blocks = {
        number: answers
        for this in passes(analysis.blocks)
        for number, answers in _answers(changes, this, draws, analysis)
    }
    models = [(model, _result(changes, model, draws, analysis.level)) for model in analysis.models]
    every = [one for block in analysis.blocks for one in blocks[block.number]]
    every += [one for _, result in models for one in result.answers]
    cells = run.spark.createDataFrame(list(table_rows(every)), tables.ANALYSIS_CELLS.ddl)
    run.write(cells, tables.ANALYSIS_CELLS)
    outputs = [block_output(analysis, block, blocks[block.number]) for block in analysis.blocks]
    outputs += [model_output(model, result) for model, result in models]
    run.note("draws of links", draws)
    run.note("outputs for output checking", len(outputs))
    run.made(write_outputs(outputs, run.lake.root(tables.RESEARCH) / OUTPUTS / run.key))


def _analysis(pupils: DataFrame) -> Analysis:
    """The definitions, read twice: codes that are not listed are found in the data between."""
    document = read_definitions()
    open_columns = read_analysis(document, tables.LINKED_PUPILS).open_columns
    found = analyse.found_codes(pupils, open_columns).collect()[0].asDict()
    codes = {name: tuple(found[name]) for name in open_columns}
    return read_analysis(document, tables.LINKED_PUPILS, codes)


def _answers(
    changes: DataFrame, this: Pass, draws: int, analysis: Analysis
) -> Iterator[tuple[int, list[CellAnswer]]]:
    rows = analyse.cell_sums(changes, this).toArrow()
    sums = {name: rows[name].to_numpy() for name in rows.column_names}
    moments = moments_of(this, draws, sums.pop("draw"), sums.pop("cell"), sums)
    for block in this.blocks:
        of_block = {one.name: moments[block.number, one.name] for one in block.measures}
        yield block.number, list(block_answers(block, of_block, analysis.level, analysis.target))


def _result(changes: DataFrame, model: ModelDefinition, draws: int, level: float) -> ModelResult:
    rows = analyse.pattern_sums(changes, model).toArrow()
    codes = [rows[f"factor_{place}"].to_numpy() for place in range(len(model.factors))]
    sums = {name: rows[name].to_numpy() for name in ("n", "y", "w", "wy", "ww", "wwy")}
    design = np.column_stack(codes).astype(np.int64)
    return model_result(model, PatternCounts(rows["draw"].to_numpy(), design, **sums), draws, level)
