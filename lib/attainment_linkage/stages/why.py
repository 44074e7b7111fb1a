"""Why: explains the weight of one pair, named by its two ids, level by level; on the record.

It opens the identifiers root alone, says no value of a record, and leaves in the audit log
that somebody looked, with a hash of the pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.settings import Config
from attainment_linkage.core.stage_key import digest
from attainment_linkage.core.why import (
    RuleState,
    Waterfall,
    nearest_first,
    rule_states,
    verdict,
    waterfall,
)
from attainment_linkage.domain.errors import MissingTableError
from attainment_linkage.domain.road import LINK
from attainment_linkage.domain.tables import IDENTIFIERS
from attainment_linkage.stages import inputs, linked_model
from attainment_linkage.stages.pair_in_run import (
    WHY,
    accept_bits,
    records_of,
    shift_bits,
    standing_of,
)
from attainment_linkage.stages.session import session_for
from attainment_linkage.steps import given_pairs

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
    if not key:
        raise MissingTableError(
            f"why: nothing has been linked in {lake.root(IDENTIFIERS)}. Run the stage link first."
        )
    inputs.stages_read(WHY, lake)
    settings = linked_model.of_key(config, key)
    if settings is None:
        raise MissingTableError(
            "why: the trained model of the last link is not there. Run the stage link again."
        )
    link = config.link
    rows = records_of(spark, lake, left_id, right_id, link.term_frequency_population)
    model = linked_model.design()
    weights = given_pairs.weighed(rows, settings, model.term_frequency_columns, [(0, 1)])
    steps = waterfall(settings, weights.to_pylist()[0], shift_bits(lake, key))
    left, right = rows.to_pylist()
    states = rule_states(model.blocking_rules, left, right)
    accepted = accept_bits(lake, key, config), link.margin_bits
    standing, number, matchkey = standing_of(spark, lake, left_id, right_id, accepted)
    keys = f"; strictest matchkey: {model.matchkeys[matchkey].name}" if matchkey is not None else ""
    found_by = (
        "no blocking rule and no matchkey brought the two records together"
        if standing.stored_bits is None
        else f"blocking rule {model.blocking_rules[number].text}{keys}"
        if number is not None
        else f"no blocking rule{keys}"
    )
    return Explanation(
        verdict(standing, steps.total_bits, *accepted),
        found_by,
        steps,
        tuple(states),
    )


def _say(found: Explanation, log: RunLog, page: Path) -> None:
    log.note("outcome", found.verdict)
    log.note("found by", found.found_by)
    for line in found.waterfall.lines():
        log.line(line)
    if not any(rule.holds for rule in found.rules):
        for rule in nearest_first(found.rules)[:_NEAREST]:
            log.note(f"blocking rule {rule.text}", rule.said)
    log.note("page", str(page))
