"""Analyse: the tables and models of conf/analysis.toml, over the research root alone."""

from __future__ import annotations

from pyspark.sql import DataFrame

from attainment_linkage.adapters.analysis_files import read_definitions, write_outputs
from attainment_linkage.core.analysis.cells import block_answers, table_rows
from attainment_linkage.core.analysis.counting import block_moments, model_patterns
from attainment_linkage.core.analysis.definitions import Analysis
from attainment_linkage.core.analysis.models import model_result
from attainment_linkage.core.analysis.outputs import block_output, model_output
from attainment_linkage.core.analysis.reading import read_analysis
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
    draws = analyse.last_draw(drawn).collect()[0]["draws"]
    changes = analyse.pupils_and_changes(pupils, drawn, analysis)
    rows = analyse.counted(changes, analysis, draws).toArrow()
    blocks = {
        block.number: list(block_answers(block, of_block, analysis.level, analysis.target))
        for block, of_block in block_moments(analysis, rows, draws)
    }
    models = [
        (model, model_result(model, counts, draws, analysis.level))
        for model, counts in model_patterns(analysis, rows)
    ]
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
