"""Run: the whole road under its locks, from the files as delivered to the published links.

Stages whose key is unchanged are skipped, and said so. What readers see moves only at the
end: one pointer per root, each in one atomic step. The research root is not the linkers':
each of its stages, run alone, publishes it.
"""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import SparkSession

from attainment_linkage.adapters import gates
from attainment_linkage.adapters.audit_log import FINISHED, AuditLog
from attainment_linkage.adapters.faults import named, safe_name
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.adapters.session import check_java, name_jobs, open_session
from attainment_linkage.core.audit import Deed
from attainment_linkage.core.settings import Config
from attainment_linkage.core.stage_key import run_id
from attainment_linkage.domain.errors import LinkageError
from attainment_linkage.domain.road import BY_NAME, INGEST, ROAD, SYNTHESISE, Stage
from attainment_linkage.domain.tables import RESEARCH
from attainment_linkage.stages import inputs
from attainment_linkage.stages.boundary import guarded
from attainment_linkage.stages.pre_flight import pre_flight
from attainment_linkage.stages.publication import (
    is_of_research,
    publish_research,
    publish_run,
    require_published,
)
from attainment_linkage.stages.runner import Body, StageResult, run_stage

__all__ = ["RunSummary", "body_of", "guarded", "run_one", "run_road"]


@dataclass(frozen=True)
class RunSummary:
    """What became of a run: its name, its stages in order, where each table lies."""

    run_id: str
    stages: tuple[StageResult, ...]
    seconds: float

    @property
    def gate_seconds(self) -> float:
        """Seconds of the run that its gates took."""
        return sum(stage.gate_seconds for stage in self.stages)

    @property
    def paths(self) -> dict[str, Path]:
        """Where each table lies."""
        return {name: path for stage in self.stages for name, path in stage.paths.items()}


AtEnd = Callable[[SparkSession, Config, RunSummary, RunLog], object]


def body_of(stage: Stage) -> Body:
    """What a stage does: ``body`` of its module in ``stages/``."""
    module = importlib.import_module(f"attainment_linkage.stages.{stage.name}")
    found: Body = module.body
    return found


def run_road(
    config: Config,
    *,
    synthesise: bool = False,
    force: bool = False,
    break_lock: bool = False,
    log: RunLog | None = None,
    spark: SparkSession | None = None,
    at_end: AtEnd | None = None,
) -> RunSummary:
    """Run the linkers' road from ingest, or from the generator where asked; publish at its end.

    ``at_end`` is called with the session still open, once the run is published.

    Raises:
        JavaMissingError: before anything is started.
        RunLockedError: another run holds the lake; before Spark is started.
        LinkageError: what stopped a stage; nothing of this run is published then, unless the
            message says so: what stopped ``at_end`` alone.
    """
    linkers = (stage for stage in ROAD if stage.is_linkers)
    stages = [stage for stage in linkers if synthesise or stage is not SYNTHESISE]
    log = log or RunLog()
    return _run(stages, config, force, break_lock, log, spark, is_published=True, at_end=at_end)


def run_one(
    name: str,
    config: Config,
    *,
    force: bool = False,
    break_lock: bool = False,
    log: RunLog | None = None,
    spark: SparkSession | None = None,
) -> StageResult:
    """Run one stage of the road on what the stages before it have made.

    It opens only the roots the stage declares. Nothing is published, but of the research root
    what its stages have made.

    Raises:
        LinkageError: as ``run_road``.
    """
    stages = [BY_NAME[name]]
    summary = _run(stages, config, force, break_lock, log or RunLog(), spark, is_published=False)
    return summary.stages[0]


def _run(
    stages: Sequence[Stage],
    config: Config,
    force: bool,
    break_lock: bool,
    log: RunLog,
    spark: SparkSession | None,
    *,
    is_published: bool,
    at_end: AtEnd | None = None,
) -> RunSummary:
    """The stages in order, under the locks of the roots they need."""
    if spark is None:
        check_java()
    zones = {zone for stage in stages for zone in stage.roots}
    config = config.only(zones)
    started = time.monotonic()
    with ExitStack() as stack:
        lake = stack.enter_context(Lake.open(config.lake, zones).locked(break_lock=break_lock))
        if is_of_research(stages[-1]):
            require_published(stages[-1], lake)
        elif stages[0] is INGEST:
            pre_flight(config, lake, is_forced=force)
        if spark is None:
            name = stages[0].name if len(stages) == 1 else "run"
            is_short = SYNTHESISE in stages and config.synthesise.is_short
            threading.Thread(target=gates.prepare, name="gates").start()
            session = open_session(config, f"attainment-linkage {name}", is_short=is_short)
            spark = stack.enter_context(session)
        log.road([stage.name for stage in stages], _seconds_before(stages, lake))
        results = _run_stages(stages, config, spark, lake, log, force)
        name = run_id({result.stage: result.key for result in results})
        audit = AuditLog.of(config)
        if is_published:
            keys = {result.stage: result.key for result in results}
            with audit.recorded(Deed("publish", name, FINISHED, inputs=keys)):
                publish_run(stages, results, lake, name)
            log.published(name, lake.zones)
        elif is_of_research(stages[-1]):
            _publish_research(lake, audit, log)
        log.note("audit head", str(audit.head()))
        summary = RunSummary(name, results, round(time.monotonic() - started, 3))
        if at_end is not None:
            _at_end(at_end, spark, config, summary, log)
    log.ended(
        [
            (one.stage, "kept" if one.is_skipped else "made", one.rows, one.seconds)
            for one in results
        ],
        _next(stages, config, is_published=is_published),
    )
    return summary


def _at_end(
    at_end: AtEnd, spark: SparkSession, config: Config, summary: RunSummary, log: RunLog
) -> None:
    """What comes after publication; where it fails, that the run is published is said too."""
    try:
        at_end(spark, config, summary, log)
    except Exception as error:
        kind = type(named(error, "report"))
        said = str(error) if isinstance(error, LinkageError) else f"it met {safe_name(error)}."
        raise kind(
            f"run {summary.run_id} is published, and its report was not made: {said} Its tables "
            "may be read. Run again: every stage is kept, and the report is made."
        ) from error


def _publish_research(lake: Lake, audit: AuditLog, log: RunLog) -> None:
    """Publish the research root, on the record."""
    deed = Deed("publish", RESEARCH, FINISHED)
    with audit.recorded(deed) as outcome:
        outcome.outputs = dict(publish_research(lake))
    log.published(run_id(outcome.outputs), [RESEARCH])


def _seconds_before(stages: Sequence[Stage], lake: Lake) -> dict[str, float]:
    """What each stage took when it was last made in this lake, where it was."""
    found = {}
    for stage in stages:
        zone = inputs.home_zones(stage)[0]
        key = lake.head(zone, stage.name)
        manifest = lake.manifest(zone, stage.name, key) if key else None
        if manifest is not None:
            found[stage.name] = manifest.seconds
    return found


def _next(stages: Sequence[Stage], config: Config, *, is_published: bool) -> str:
    """The command that a user most likely wants after this one."""
    after = ROAD.index(stages[-1]) + 1 if stages[-1] in ROAD else len(ROAD)
    if is_published:
        command = "review sample"
    elif after < len(ROAD):
        command = ROAD[after].name
    else:
        command = "release check OUTPUTS"
    return f"attainment-linkage {command} --lake {config.lake.directory}"


def _run_stages(
    stages: Sequence[Stage],
    config: Config,
    spark: SparkSession,
    lake: Lake,
    log: RunLog,
    force: bool,
) -> tuple[StageResult, ...]:
    results = []
    for stage in stages:
        name_jobs(spark, stage.name, stage.summary)
        body = body_of(stage)
        results.append(run_stage(stage, body, config, spark, force=force, lake=lake, log=log))
    return tuple(results)
