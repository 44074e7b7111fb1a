"""Publication: one pointer per root, moved in one atomic step, to what readers see there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from attainment_linkage.adapters.lake import Lake
from attainment_linkage.adapters.manifests import TableRecord
from attainment_linkage.core.stage_key import run_id
from attainment_linkage.domain.errors import MixedRunsError
from attainment_linkage.domain.road import ROAD, Stage
from attainment_linkage.domain.tables import RESEARCH, ZONES
from attainment_linkage.stages import inputs
from attainment_linkage.stages.runner import StageResult

_PUBLISHED = ("name", "path", "version", "rows", "content_hash")


def publish_run(
    stages: Sequence[Stage], results: Sequence[StageResult], lake: Lake, name: str
) -> None:
    """Move the pointer of each open root to a run, in the order of the zones."""
    for zone in (zone for zone in ZONES if zone in lake.zones):
        published = [
            _line(record, result.key)
            for stage, result in zip(stages, results, strict=True)
            for record in result.tables
            if record.name in {table.name for table in stage.writes if table.zone == zone}
        ]
        lake.publish(zone, name, published)


def is_of_research(stage: Stage) -> bool:
    """Whether a stage of the road writes in the research root, which ``run`` may not open."""
    return any(table.zone == RESEARCH for table in stage.writes)


def require_published(stage: Stage, lake: Lake) -> None:
    """Refuse inputs from the linkers' roots that are not those which readers see there.

    Where nothing is published in a root, its stages were run one by one, and are read as made.

    Raises: MixedRunsError, MissingTableError.
    """
    for table in (one for one in stage.reads if one.zone != RESEARCH):
        seen = lake.current(table.zone)
        if seen is None:
            continue
        made = inputs.record_of(lake, stage, table)
        if seen["tables"].get(table.name, {}).get("path") != made.path:
            raise MixedRunsError(
                f"{stage.name}: {table.name} was made anew and is not published: a run was cut "
                f"short, or a stage was run alone. `run` publishes it; then run {stage.name}."
            )


def publish_research(lake: Lake) -> Mapping[str, str]:
    """Move the pointer of the research root to what its stages last finished there.

    A table that was made from what has since been made anew is left out: readers never see the
    answers of one making of the pupils beside the pupils of another.

    Returns: the key of each stage whose tables are published; the run's name is their hash.
    """
    stages = [stage for stage in ROAD if is_of_research(stage)]
    names = {stage.name for stage in stages}
    keys: dict[str, str] = {}
    published = []
    for stage in stages:
        key = lake.head(RESEARCH, stage.name)
        manifest = lake.manifest(RESEARCH, stage.name, key) if key else None
        if manifest is None or any(
            keys.get(name) != made_from
            for name, made_from in manifest.inputs.items()
            if name in names
        ):
            continue
        keys[stage.name] = manifest.stage_key
        published += [_line(record, manifest.stage_key) for record in manifest.tables]
    lake.publish(RESEARCH, run_id(keys), published)
    return keys


def _line(record: TableRecord, key: str) -> dict[str, Any]:
    """What a pointer says of one table."""
    said = asdict(record)
    return {name: said[name] for name in _PUBLISHED} | {"stage_key": key}
