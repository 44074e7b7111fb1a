"""Pseudonyms: a column of internal ids as a column of a project's ids.

The key is opened in the task, by a callable that holds only its path: no literal, closure,
plan or event log has a byte of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
from pyspark.sql import Column
from pyspark.sql.pandas.functions import arrow_udf

from attainment_linkage.core.pseudonym import OpenKey, Purpose, pseudonyms_of


def pseudonym_column(ids: Column, purpose: Purpose, open_key: OpenKey) -> Column:
    """The pseudonym of each id under a purpose; ``core.pseudonym.ID_FORM``.

    Args:
        ids: internal ids, cast to text: an attainment_id, household_id or school_urn.
        purpose: project, version and kind: the domain of separation.
        open_key: opens the secret in the worker; pickled, so it must hold no more than where
            the secret lies (``adapters.keys.KeyFile``).

    Nulls: null where the id is null.
    Cost: no shuffle; about a microsecond an id; the file is opened once a task.
    Raises: in the task, the named errors of the key file.
    """

    def pseudonym(batches: Iterator[pa.Array]) -> Iterator[pa.Array]:
        named = pseudonyms_of(open_key(), purpose)
        for batch in batches:
            yield pa.array([named(one) for one in batch.to_pylist()], pa.string())

    # PySpark's stub has no overload for a function of batches, which its documentation has
    made: Column = arrow_udf(pseudonym, "string")(ids.cast("string"))  # type: ignore[call-overload]
    return made
