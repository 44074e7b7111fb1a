"""Notebook: what the Python front does: tables in memory put where ``link-files`` reads them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.workplace import own_folder
from attainment_linkage.core.model import LinkageModel
from attainment_linkage.core.spec import parse_spec
from attainment_linkage.core.spec_text import as_toml
from attainment_linkage.stages.files_linked import FilesLinked
from attainment_linkage.stages.link_files import WORK, link_files
from attainment_linkage.stages.pair_in_run import WHY
from attainment_linkage.stages.specified import model_of
from attainment_linkage.stages.why import Explanation, explain_pair


@dataclass(frozen=True)
class Links:
    """What became of two tables: counts, and where the pairs lie (``path``, Parquet)."""

    path: Path
    left_records: int
    right_records: int
    candidate_pairs: int
    pairs: int
    links: int
    notes: tuple[str, ...]

    def table(self, *, links_only: bool = False) -> pd.DataFrame:
        """The pairs: id_a, id_b, score in bits, link; the links alone where asked."""
        pairs: pd.DataFrame = pq.read_table(self.path).to_pandas()
        return pairs[pairs["link"]].reset_index(drop=True) if links_only else pairs


def link(left: Any, right: Any, spec: Any, output: str | Path | None, env: str) -> Links:
    """As ``front.link`` has it. What is put on the disk for the time lies in the output."""
    place = Path(output) if output else Path(tempfile.mkdtemp(prefix="attainment-linkage-"))
    with own_folder(place, WORK) as work:
        work.mkdir(mode=0o700, parents=True, exist_ok=True)
        config = load(env, lake_override(work))
        files = _on_disk(left, work / "left"), _on_disk(right, work / "right")
        found = link_files(_spec_on_disk(spec, work), files[0], files[1], place, config)
    return _links(found)


def plan(spec: Any) -> LinkageModel:
    """As ``front.plan`` has it."""
    text = as_toml(spec) if isinstance(spec, Mapping) else Path(spec).read_text("utf-8")
    return model_of(parse_spec(text, "specification"))


def explain(left_id: str, right_id: str, lake: Path, env: str) -> Explanation:
    """As ``front.explain`` has it. The identifiers root alone is opened."""
    return explain_pair(load(env, lake_override(lake)).only(WHY.roots), left_id, right_id)


def _on_disk(rows: Any, path: Path) -> Path:
    if isinstance(rows, (str, Path)):
        return Path(rows)
    table = pa.Table.from_pandas(rows, preserve_index=False) if _is_frame(rows) else rows
    file = path.with_suffix(".parquet")
    pq.write_table(table, file)
    return file


def _is_frame(rows: Any) -> bool:
    return isinstance(rows, pd.DataFrame)


def _spec_on_disk(spec: Any, work: Path) -> Path:
    if not isinstance(spec, Mapping):
        return Path(spec)
    file = work / "specification.toml"
    file.write_text(as_toml(spec), "utf-8")
    return file


def _links(found: FilesLinked) -> Links:
    return Links(
        found.pairs_path,
        found.left_records,
        found.right_records,
        found.candidate_pairs,
        found.pairs,
        found.links,
        tuple(found.notes),
    )
