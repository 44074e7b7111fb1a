"""Stage key: what a stage is made from: its inputs, settings, code and versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from attainment_linkage.adapters import documents, fingerprint, model_files, review_files
from attainment_linkage.adapters.files import changed
from attainment_linkage.adapters.lake import Lake
from attainment_linkage.core.settings import Config
from attainment_linkage.core.stage_key import digest, stage_key
from attainment_linkage.domain.errors import InputUnreadableError, MixedRunsError
from attainment_linkage.domain.road import LINK, Stage
from attainment_linkage.domain.tables import IDENTIFIERS, LANDING, SOURCES
from attainment_linkage.stages import inputs
from attainment_linkage.stages.keys import internal_key

HASHES = "_hashes.json"


def key_of(stage: Stage, config: Config, lake: Lake) -> tuple[str, dict[str, str]]:
    """The key of a stage, and what it reads: the key of each stage, the hash of each file.

    Raises:
        MissingTableError: an input has not been made.
        MixedRunsError: two inputs were made from different makings of one stage.
        InputMissingError: a delivered file is not there.
        KeyRefusedError: the stage needs the internal key, which cannot be used.
        ModelRefusedError: the saved model of link.model cannot be used.
    """
    read = _file_hashes(config, lake) if stage.reads_files else {}
    read |= {name: fingerprint.of_conf(name) for name in stage.conf_files}
    if stage.reads_truth and config.truth_path.is_dir():
        read["truth"] = fingerprint.of_rows(config.truth_path)
    if stage.reads_key:
        read["key"] = internal_key(config).key_id
    if stage.reads_reviews:
        decided = review_files.document(lake.root(IDENTIFIERS), stage.reads_reviews)
        read |= {"reviewed": digest(decided)} if decided else {}
    if stage is LINK and config.link.model:
        model_files.read(Path(config.link.model))  # refused by name here, before its hash is asked
        read["model"] = fingerprint.of_path(Path(config.link.model)).sha256
    read |= inputs.stages_read(stage, lake)
    gates = fingerprint.gates_hash(table.name for table in stage.writes)
    key = stage_key(
        stage.name,
        inputs=read,
        settings=config.sections(stage.config_sections),
        code=f"{fingerprint.code_hash()} {gates}",
        versions=fingerprint.pinned_versions(),
    )
    return key, read


def _file_hashes(config: Config, lake: Lake) -> dict[str, str]:
    cache_file = lake.root(LANDING) / HASHES
    return {
        source.name: fingerprint.of_delivery(
            source.name, config.delivery_path(source.name), cache_file
        )
        for source in SOURCES
    }


def require_reviewed(stage: Stage, decided: object, made_from: Mapping[str, str]) -> None:
    """Refuse decisions of reviewers that are not those the stage's key was made from.

    Raises:
        MixedRunsError: they were changed while the stage was at work.
    """
    if (digest(decided) if decided else None) != made_from.get("reviewed"):
        raise MixedRunsError(
            f"{stage.name}: what reviewers decided was changed while it was at work. Nothing of "
            "it was published; run it again."
        )


def require_keyed(
    source: str, hashes: Sequence[str], made_from: Mapping[str, str], lake: Lake
) -> None:
    """Refuse files whose bytes are not those the stage's key was made from.

    A file changed in place with its time stamp and size kept looks unchanged to the kept
    hashes: these are forgotten, so that the next start reads every file.

    Raises:
        InputUnreadableError: names the source.
    """
    if digest(list(hashes)) != made_from.get(source):
        documents.remove(lake.root(LANDING) / HASHES)
        raise InputUnreadableError(changed(f"a file of {source}"))
