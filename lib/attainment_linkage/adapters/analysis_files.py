"""Analysis files: the definitions of ``conf/analysis.toml``, and outputs for output checking."""

from __future__ import annotations

import csv
import json
import os
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attainment_linkage.adapters.faults import named
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.core.analysis.outputs import Output
from attainment_linkage.core.analysis.reading import read_analysis
from attainment_linkage.core.analysis.vocabulary import Vocabulary, vocabulary_of
from attainment_linkage.core.given import plain
from attainment_linkage.domain.errors import AnalysisError
from attainment_linkage.domain.tables import LINKED_PUPILS

DEFINITIONS = "analysis.toml"


def read_definitions() -> dict[str, Any]:
    """The definitions as written, unchecked.

    Raises: AnalysisError where the file is not there or is not TOML.
    """
    path = conf_folder() / DEFINITIONS
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise AnalysisError(f"conf/{DEFINITIONS}: is not TOML: {broken}. Mend it.") from None
    except OSError as refused:
        raise AnalysisError(
            f"conf/{DEFINITIONS}: cannot be read: {refused.strerror}. Put it there."
        ) from None


def read_vocabulary() -> Vocabulary:
    """What names mean in the outputs of the research table.

    Raises: AnalysisError where the definitions are not there, or wrong.
    """
    return vocabulary_of(read_analysis(read_definitions(), LINKED_PUPILS), LINKED_PUPILS)


def write_outputs(outputs: Iterable[Output], folder: Path) -> Path:
    """Write each output as ``NAME.csv`` and its description ``NAME.json``, private to the owner.

    Raises: DiskFullError, LakeUnwritableError.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for output in outputs:
            with _private(folder / f"{output.name}.csv") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(output.header)
                writer.writerows(output.rows)
            with _private(folder / f"{output.name}.json") as file:
                json.dump(plain(output.description), file, indent=1)
    except OSError as refused:
        raise named(refused, f"outputs: {folder}") from None
    return folder


def _private(path: Path) -> Any:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8", newline="")
