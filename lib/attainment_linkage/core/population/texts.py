"""Texts: columns of codes, numbers and ids as strings, which is how files deliver them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

from attainment_linkage.core.population.draws import Flags, Floats, Ints, opaque_ids

PUPIL_BLOCK, OTHER_BLOCK = 0, 1
_HOUSEHOLD_SALT, _PERSON_SALT, _PUPIL_SALT = 101, 202, 303


def coded(words: tuple[str, ...], codes: Ints, missing: Flags | None = None) -> pa.StringArray:
    """The word of each code; null where missing or where the word is empty."""
    vocabulary = pa.array([word or None for word in words], pa.string())
    return vocabulary.take(pa.array(codes, mask=missing))


def number(values: Ints, missing: Flags | None = None) -> pa.StringArray:
    """Whole numbers from 0 to 2,999 as text."""
    return _numbers().take(pa.array(np.clip(values, 0, 2999), mask=missing))


def decimal(values: Floats, missing: Flags | None = None) -> pa.StringArray:
    """Shares from 0 to 1, rounded to a thousandth."""
    thousandths = np.clip(np.rint(values * 1000), 0, 1000).astype(np.int64)
    return _thousandths().take(pa.array(thousandths, mask=missing))


def flag(values: Flags | Ints, missing: Flags | None = None) -> pa.StringArray:
    """1 or 0."""
    return _numbers().take(pa.array(np.asarray(values, dtype=np.int64), mask=missing))


def signed(values: Ints, missing: Flags | None = None) -> pa.StringArray:
    """Whole numbers from -9 to 9 as text."""
    words = tuple(str(value) for value in range(-9, 10))
    return coded(words, np.clip(values, -9, 9) + 9, missing)


def nothing(count: int) -> pa.StringArray:
    """A column of nulls."""
    return pa.nulls(count, pa.string())


def census_ids(seed: int, kind: int, block: int, rows: Ints) -> pa.StringArray:
    """Ids of Census form lines."""
    return opaque_ids(_counter(kind, block, rows), _salt(seed, _PERSON_SALT))


def household_ids(seed: int, kind: int, block: int, rows: Ints) -> pa.StringArray:
    """Ids of Census households."""
    return opaque_ids(_counter(kind, block, rows), _salt(seed, _HOUSEHOLD_SALT))


def attainment_ids(seed: int, block: int, people: Ints) -> pa.StringArray:
    """Pupil matching references, 18 characters."""
    return opaque_ids(_counter(PUPIL_BLOCK, block, people), _salt(seed, _PUPIL_SALT), 18)


def _counter(kind: int, block: int, rows: Ints) -> Ints:
    return rows + (block << 20) + (kind << 60)


def _salt(seed: int, salt: int) -> int:
    return seed * 1000 + salt


@cache
def _numbers() -> pa.StringArray:
    return pa.array([str(value) for value in range(3000)])


@cache
def _thousandths() -> pa.StringArray:
    return pa.array([f"{value / 1000:.3f}" for value in range(1001)])
