"""Draws: every random or hashed number of the population, from seed and place only.

A block of households is drawn from its own streams, one for each subject, so that a block
can be made again anywhere, alone, and a table can be made without making the others.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Shares = list[float] | tuple[float, ...]

SUBJECTS = (
    "families", "names", "conditions", "moves", "forms", "census_errors", "census_attributes",
    "schooling", "outcomes", "school_errors", "school_census", "ks4", "ks5", "order", "care",
)  # fmt: skip
_HEX = np.frombuffer(b"0123456789ABCDEF", dtype=np.uint8)
_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


def stream(seed: int, kind: int, block: int, subject: str) -> np.random.Generator:
    """The generator of one subject of one block; same arguments, same numbers."""
    return np.random.Generator(np.random.PCG64([seed, kind, block, SUBJECTS.index(subject)]))


def mixed(counters: Ints, salt: int) -> Words:
    """Scatter counters over 64 bits; one to one for a fixed salt (splitmix64's finaliser)."""
    words = counters.astype(np.uint64) + np.uint64((salt * _GOLDEN + _GOLDEN) & _MASK)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def settled(counters: Ints, salt: int) -> Floats:
    """A number in [0, 1) fixed for each counter: a fact of a place, not of a draw."""
    return (mixed(counters, salt) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def settled_normal(counters: Ints, salt: int) -> Floats:
    """A standard normal number fixed for each counter (Box-Muller)."""
    radius = np.sqrt(-2.0 * np.log1p(-settled(counters, 2 * salt)))
    return np.asarray(radius * np.cos(2.0 * np.pi * settled(counters, 2 * salt + 1)))


def opaque_ids(counters: Ints, salt: int, width: int = 16) -> pa.StringArray:
    """Ids of ``width`` (16 to 32) hexadecimal characters: unique, and in no order."""
    pieces = [mixed(counters, salt).astype(">u8").view(np.uint8).reshape(-1, 8)]
    if width > 16:
        pieces.append(mixed(counters, salt + 1).astype(">u8").view(np.uint8).reshape(-1, 8))
    octets = np.concatenate(pieces, axis=1)
    letters = np.empty((len(counters), octets.shape[1] * 2), dtype=np.uint8)
    letters[:, 0::2] = _HEX[octets >> 4]
    letters[:, 1::2] = _HEX[octets & 15]
    return fixed_text(np.ascontiguousarray(letters[:, :width]))


def fixed_text(letters: npt.NDArray[np.uint8]) -> pa.StringArray:
    """Rows of ASCII codes, all of one width, as a string array."""
    count, width = letters.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(offsets.tobytes()), pa.py_buffer(letters.tobytes())
    )


def chance(rng: np.random.Generator, rate: float | Floats, count: int) -> Flags:
    """For each of ``count``, whether an event of this rate happens."""
    return np.asarray(rng.random(count) < rate)


def pick(rng: np.random.Generator, shares: Shares, count: int) -> Ints:
    """Positions in ``shares``, drawn in proportion."""
    edges = np.cumsum(np.asarray(shares, dtype=np.float64))
    return np.searchsorted(edges[:-1] / edges[-1], rng.random(count), side="right")


def pick_by_row(rng: np.random.Generator, shares: Floats, row: Ints) -> Ints:
    """Positions drawn from the row of ``shares`` named for each; rows need not sum to 1."""
    edges = np.cumsum(shares, axis=1)
    edges /= edges[:, -1:]
    flat = (edges + np.arange(len(shares))[:, None]).ravel()
    place = np.searchsorted(flat, rng.random(len(row)) + row, side="right")
    return np.asarray(place - row * shares.shape[1])


def logistic(score: Floats) -> Floats:
    """The probability whose log odds are ``score``."""
    return np.asarray(1.0 / (1.0 + np.exp(-score)))


def log_odds(rate: float) -> float:
    """The natural log odds of a rate."""
    return float(np.log(rate / (1.0 - rate)))
