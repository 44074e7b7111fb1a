"""Self weights: how much a record could reach at its best, against an exact copy of itself.

A record of which little is known stays under the acceptance weight whoever it is compared
with: no threshold and no rule can link it.

Source: the unlinkables of Splink (linker.evaluation), here in the tasks of Spark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from attainment_linkage.core.model import LinkageModel
from attainment_linkage.steps import frequency
from attainment_linkage.steps.given_pairs import weighed

MOST_RECORDS = 20_000
_STEPS = 1_000_000
_SCHEMA = "bits int, records bigint"


def self_weight_counts(
    records: DataFrame,
    others: DataFrame,
    model: LinkageModel,
    settings: Mapping[str, Any],
    *,
    count: int,
    shift_bits: float,
    bin_bits: int,
    population: str,
) -> DataFrame:
    """Records by the weight each has against itself: one row per bin, named by its lower end.

    Args:
        records: linkage records of the left file; some 20,000 of them are drawn, by hash of the id.
        others: those of the right file.
        model: which columns are compared.
        settings: the trained model.
        count: how many ``records`` are.
        shift_bits: what the number of true pairs adds to every weight.
        bin_bits: how wide a bin is.
        population: whose values tell how common a value is (``policy.POPULATIONS``).

    Cost: one small shuffle per column whose frequencies count, one of the bins.
    """
    columns, frequencies = list(model.columns), model.term_frequency_columns
    place = F.pmod(F.xxhash64("record_id"), F.lit(_STEPS))
    drawn = records.where(place < F.lit(_STEPS * MOST_RECORDS // max(count, 1)))
    every = frequency.population(records, others, columns, population)
    weighable = frequency.with_frequencies(drawn, every, columns, frequencies)
    counted = weighable.mapInArrow(_task(settings, frequencies, shift_bits, bin_bits), _SCHEMA)
    return counted.groupBy("bits").agg(F.sum("records").alias("records"))


def _task(
    settings: Mapping[str, Any], frequencies: Sequence[str], shift_bits: float, bin_bits: int
) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    """The function of one task: its records weighed against themselves, in bins."""

    def task(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        delivered = [batch for batch in batches if batch.num_rows]
        if delivered:
            weights = weighed(pa.Table.from_batches(delivered), settings, frequencies)
            yield _counted(weights["match_weight"].to_pylist(), shift_bits, bin_bits)

    return task


def _counted(weights: Iterable[float], shift_bits: float, bin_bits: int) -> pa.RecordBatch:
    counts: dict[int, int] = {}
    for weight in weights:
        low = int((weight + shift_bits) // bin_bits) * bin_bits
        counts[low] = counts.get(low, 0) + 1
    return pa.RecordBatch.from_arrays(
        [pa.array(list(counts), pa.int32()), pa.array(list(counts.values()), pa.int64())],
        names=["bits", "records"],
    )
