"""Slips: what hand, eye and keyboard do to a name, a date or a postcode, in bulk."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from attainment_linkage.core.population.draws import Flags, Ints, pick

Letters = npt.NDArray[np.uint8]
_VOWELS = np.frombuffer(b"aeiouy", dtype=np.uint8)
SUBSTITUTED, DROPPED, DOUBLED, TRANSPOSED, VOWEL = range(5)
_KINDS = (0.26, 0.24, 0.18, 0.12, 0.20)


def replaced(texts: pa.StringArray, rows: Flags, new: pa.StringArray) -> pa.StringArray:
    """``texts`` with the flagged rows replaced, in order, by ``new``."""
    if not rows.any():
        return texts
    return pc.replace_with_mask(texts, pa.array(rows), new)


def mistyped(
    rng: np.random.Generator, texts: pa.StringArray, rows: Flags, first: int = 1
) -> pa.StringArray:
    """``texts`` with one slip in each flagged row, at letter ``first`` (from 0) or later."""
    rows = rows & texts.is_valid().to_numpy(zero_copy_only=False)
    if not rows.any():
        return texts
    chosen = texts.filter(pa.array(rows))
    return replaced(texts, rows, _text(_slip(rng, _letters(chosen), first)))


def _letters(texts: pa.StringArray) -> Letters:
    """ASCII codes, one row per text, filled with zeros, one column to spare."""
    raw = np.array(texts.fill_null("").to_pylist(), dtype=np.bytes_)
    width = raw.dtype.itemsize
    grid = np.zeros((len(raw), width + 1), dtype=np.uint8)
    grid[:, :width] = raw.view(np.uint8).reshape(len(raw), width)
    return grid


def _text(grid: Letters) -> pa.StringArray:
    width = grid.shape[1]
    raw = np.ascontiguousarray(grid).view(f"S{width}").ravel()
    return pa.array(raw.astype(np.str_).tolist(), pa.string())


def _slip(rng: np.random.Generator, grid: Letters, first: int) -> Letters:
    """One slip in each row; a slip that would change nothing becomes a substitution."""
    count, width = grid.shape
    length: Ints = np.asarray((grid != 0).sum(axis=1))
    start: Ints = np.minimum(first, np.maximum(length - 1, 0))
    place = start + (rng.random(count) * np.maximum(length - start, 1)).astype(np.int64)
    drawn = pick(rng, _KINDS, count)
    kind = np.where((length < 4) & (drawn != DOUBLED), SUBSTITUTED, drawn)
    columns = np.arange(width)
    at = place[:, None]
    source: Ints = np.broadcast_to(columns, (count, width)).copy()
    source = np.where((kind == DROPPED)[:, None] & (columns >= at), columns + 1, source)
    source = np.where((kind == DOUBLED)[:, None] & (columns > at), columns - 1, source)
    before = np.maximum(np.minimum(place, length - 2), 0)[:, None]
    swap = (kind == TRANSPOSED)[:, None]
    source = np.where(swap & (columns == before), columns + 1, source)
    source = np.where(swap & (columns == before + 1), columns - 1, source)
    slipped: Letters = np.take_along_axis(grid, np.clip(source, 0, width - 1), axis=1)
    slipped = np.where(columns < length[:, None] + (kind == DOUBLED)[:, None], slipped, 0)
    same = (slipped == grid).all(axis=1)
    rows = np.flatnonzero((kind == SUBSTITUTED) | (kind == VOWEL) | same)
    slipped[rows, place[rows]] = _other_letter(rng, grid[rows, place[rows]], kind[rows] == VOWEL)
    return np.asarray(slipped, dtype=np.uint8)


def _other_letter(rng: np.random.Generator, letter: Letters, vowel: Flags) -> Letters:
    """Another lower-case letter; a vowel for a vowel in a vowel slip, a digit for a digit."""
    small = letter | 32
    other = (small.astype(np.int64) - 97 + rng.integers(1, 26, len(letter))) % 26 + 97
    vowels = _VOWELS[rng.integers(0, len(_VOWELS), len(letter))]
    vowels = np.where(vowels == small, np.where(small == 97, 101, 97), vowels)
    swap = vowel & np.isin(small, _VOWELS)
    is_digit = (letter >= 48) & (letter <= 57)
    digits = (letter.astype(np.int64) - 48 + rng.integers(1, 10, len(letter))) % 10 + 48
    return np.where(is_digit, digits, np.where(swap, vowels, other)).astype(np.uint8)


def date_parts(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of days since 1970."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    number = months.astype(np.int64)
    day = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    return number // 12 + 1970, number % 12 + 1, day


def days_of(year: Ints, month: Ints, day: Ints) -> Ints:
    """Days since 1970; a day past the end of its month becomes the last of the month."""
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[D]").astype(np.int64)
    return np.asarray(np.minimum(first + day - 1, after - 1))


def date_digits(days: Ints) -> Letters:
    """YYYY-MM-DD as ASCII codes, one row per date."""
    year, month, day = date_parts(days)
    grid = np.full((len(days), 10), ord("-"), dtype=np.uint8)
    for start, width, part in ((0, 4, year), (5, 2, month), (8, 2, day)):
        rest = part.copy()
        for place in range(start + width - 1, start - 1, -1):
            grid[:, place] = rest % 10 + 48
            rest //= 10
    return grid


def slashed(grid: Letters) -> Letters:
    """DD/MM/YYYY from YYYY-MM-DD."""
    turned = grid[:, [8, 9, 4, 5, 6, 7, 0, 1, 2, 3]].copy()
    turned[:, 2] = ord("/")
    turned[:, 5] = ord("/")
    return turned
