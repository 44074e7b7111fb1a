"""Why: explains the weight of one pair, named by its two ids, level by level; on the record.

It opens the identifiers root alone, says no value of a record, and leaves in the audit log
that somebody looked, with a hash of the pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.prior import Files, posterior_shift, starting_prior
from attainment_linkage.core.settings import Config
from attainment_linkage.core.stage_key import digest
from attainment_linkage.core.why import (
    RuleState,
    Standing,
    Waterfall,
    nearest_first,
    rule_states,
    verdict,
    waterfall,
)
from attainment_linkage.domain import tables
from attainment_linkage.domain.errors import MissingTableError, PairUnknownError
from attainment_linkage.domain.road import LINK, Stage
from attainment_linkage.domain.tables import IDENTIFIERS, Table
from attainment_linkage.stages import inputs, linked_model
from attainment_linkage.stages.report import ACCEPTED
from attainment_linkage.stages.session import session_for
from attainment_linkage.steps import deduplicate, frequency, given_pairs, why

WHY = Stage(
    name="why",
    summary="explains the weight of one pair",
    reads=(*LINK.reads, tables.SCORED_PAIRS, tables.LINKS, tables.REVIEW_PAIRS),
    writes=(),
    step_modules=("why", "frequency", "given_pairs"),
)
"""What it may open. It is not of the road: people ask it."""

_PAGES = "_why"
_NEAREST = 3


@dataclass(frozen=True)
class Explanation:
    """A pair explained: what became of it, its weight in steps, how the rules stand to it."""

    verdict: str
    found_by: str
    waterfall: Waterfall
    rules: tuple[RuleState, ...]


def explain_pair(
    config: Config, left_id: str, right_id: str, *, spark: SparkSession | None = None
) -> Explanation:
    """Explain a pair of the last ``link``; say it, and leave a page in the identifiers root.

    Raises:
        MissingTableError: nothing has been linked, or its model was not kept.
        PairUnknownError: an id is of no record on its side.
    """
    lake = Lake.open(config.lake, WHY.roots)
    key = lake.head(IDENTIFIERS, LINK.name) or ""
    pair = digest([left_id, right_id])
    deed = Deed("why", key, FINISHED, inputs={"pair": pair})
    with (
        AuditLog.of(config).recorded(deed),
        session_for("why", config, spark, is_short=True) as session,
    ):
        found = _explained(session, lake, config, key, left_id, right_id)
    from attainment_linkage.adapters.why_page import write_why  # slow, and every command is here

    _say(found, RunLog(), write_why(found, lake.root(IDENTIFIERS) / _PAGES / f"{pair[:16]}.html"))
    return found


def _explained(
    spark: SparkSession, lake: Lake, config: Config, key: str, left_id: str, right_id: str
) -> Explanation:
    settings = linked_model.of_key(config, key)
    if settings is None:
        raise MissingTableError(
            "why: the trained model of the last link is not there. Run the stage link again."
        )
    link = config.link
    rows = _records(spark, lake, left_id, right_id, link.term_frequency_population)
    model = linked_model.design()
    weights = given_pairs.weighed(rows, settings, model.term_frequency_columns, [(0, 1)])
    steps = waterfall(settings, weights.to_pylist()[0], _shift_bits(lake, key))
    left, right = rows.to_pylist()
    states = rule_states(model.blocking_rules, left, right)
    standing, number, matchkey = _standing(spark, lake, left_id, right_id)
    keys = f"; strictest matchkey: {model.matchkeys[matchkey].name}" if matchkey is not None else ""
    found_by = (
        "no blocking rule and no matchkey brought the two records together"
        if standing.stored_bits is None
        else f"blocking rule {model.blocking_rules[number].text}{keys}"
        if number is not None
        else f"no blocking rule{keys}"
    )
    return Explanation(
        verdict(standing, steps.total_bits, _accepted(lake, key, config), link.margin_bits),
        found_by,
        steps,
        tuple(states),
    )


def _records(spark: SparkSession, lake: Lake, left_id: str, right_id: str, population: str) -> Any:
    """The two records, the left one first, with how common their values are, as Arrow."""

    def read(table: Table) -> Any:
        """A table of the last linkage."""
        return inputs.read(spark, lake, WHY, table)

    doubles = read(tables.CENSUS_DOUBLES)
    pupils = read(tables.ATTAINMENT_PEOPLE)
    people = deduplicate.standing_lines(read(tables.CENSUS_PEOPLE), doubles)
    model = linked_model.design()
    columns = list(model.columns)
    both = why.both_records(pupils, people, left_id, right_id)
    every = frequency.population(pupils, people, columns, population)
    rows = frequency.with_frequencies(
        both, every, ["is_left", *columns], model.term_frequency_columns
    ).toArrow()
    found = rows.sort_by([("is_left", "descending")])
    if found["is_left"].to_pylist() != [True, False]:
        missing = "attainment" if True not in found["is_left"].to_pylist() else "Census"
        raise PairUnknownError(
            f"why: the id given for the {missing} side is of no record there, or of a further "
            "line of a person counted twice (table census_doubles). Give attainment_id, then "
            "census_id."
        )
    return found.drop_columns(["is_left"])


def _shift_bits(lake: Lake, key: str) -> float:
    """What the number of true pairs adds to every weight, as the manifest of ``link`` has it."""
    rows = {
        table: inputs.record_of(lake, WHY, table).rows
        for table in (tables.ATTAINMENT_PEOPLE, tables.CENSUS_PEOPLE, tables.CENSUS_DOUBLES)
    }
    pupils, people, doubles = rows.values()
    files = Files(pupils, people - doubles, "one_to_one")
    manifest = lake.manifest(IDENTIFIERS, LINK.name, key)
    expected = float(manifest.notes.get("true pairs expected", 1)) if manifest else 1.0
    return posterior_shift(max(expected, 1.0), files, starting_prior(files))


def _accepted(lake: Lake, key: str, config: Config) -> float:
    """The weight from which on the run linked pairs."""
    manifest = lake.manifest(IDENTIFIERS, LINK.name, key)
    return float((manifest.notes if manifest else {}).get(ACCEPTED, config.link.accept_bits))


def _standing(
    spark: SparkSession, lake: Lake, left_id: str, right_id: str
) -> tuple[Standing, int | None, int | None]:
    """What the run made of the pair, and the rule and matchkey that found it."""
    links, reviews, scored = (
        inputs.read(spark, lake, WHY, table)
        for table in (tables.LINKS, tables.REVIEW_PAIRS, tables.SCORED_PAIRS)
    )
    pairs = why.pairs_of(scored, left_id, right_id).collect()
    own = next((row for row in pairs if row.is_left and row.is_right), None)
    left = next((row.match_weight for row in pairs if row.is_left and not row.is_right), None)
    right = next((row.match_weight for row in pairs if row.is_right and not row.is_left), None)
    linked = why.of_pair(links, left_id, right_id, "margin_bits").collect()
    reason = why.of_pair(reviews, left_id, right_id, "reason").collect()
    fate = "linked" if linked else str(reason[0].said) if reason else ""
    margin = linked[0].said if linked else None
    standing = Standing(fate, own.match_weight if own else None, margin, left, right)
    return standing, own.rule_number if own else None, own.matchkey_number if own else None


def _say(found: Explanation, log: RunLog, page: Path) -> None:
    log.note("outcome", found.verdict)
    log.note("found by", found.found_by)
    for line in found.waterfall.lines():
        log.line(line)
    if not any(rule.holds for rule in found.rules):
        for rule in nearest_first(found.rules)[:_NEAREST]:
            log.note(f"blocking rule {rule.text}", rule.said)
    log.note("page", str(page))
