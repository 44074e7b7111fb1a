"""Scratch: frames that a stage reads several times, written once, gone at its end.

They hold linkage records, so they lie in the identifiers root (every executor can read
them there), in a folder named by stage and key, or in the private folder of a run.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame

SCRATCH = "_scratch"
_SMALL_PARTS = {
    "parquet.block.size": 32 * 2**20,
    "parquet.block.size.row.check.min": 1,
    "parquet.page.size.row.check.min": 1,
}
"""A row may be a block of many megabytes: what a writer holds is looked at from the first row on,
not from the hundredth, and a reader never gets more of it at once."""


@contextmanager
def scratch_folder(root: Path, name: str) -> Iterator[Path]:
    """A folder for the frames of one stage; what a killed run left in it is removed first."""
    folder = root / SCRATCH / name
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(root: Path) -> None:
    """Remove the frames that dead runs left in a root. Whoever calls this holds its lock."""
    shutil.rmtree(root / SCRATCH, ignore_errors=True)


class Fetching:
    """How frames come to the driver by way of files: their rows never lie in its Java's heap.

    Threads may fetch at once; of a frame that was fetched nothing stays on the disk.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, itertools.count()

    def __call__(self, sample: DataFrame) -> pa.Table:
        """All rows of a frame, in no order."""
        place = self._folder / str(next(self._numbers))
        kept(sample, place)
        try:
            return pq.read_table(place)
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def kept(self, drawn: DataFrame) -> DataFrame:
        """A frame that others are drawn from, written once."""
        return kept(drawn, self._folder / f"kept-{next(self._numbers)}")


def kept(frame: DataFrame, folder: Path) -> DataFrame:
    """A frame written once as Parquet and read from there as often as needed."""
    frame.write.mode("overwrite").options(**_SMALL_PARTS).parquet(str(folder))
    return frame.sparkSession.read.parquet(str(folder))
