"""Review differences: two linkage records side by side, with the differences marked.

A line is one thing a reviewer looks at; each side is a list of values, each value a list of
pieces that are marked or not. Values that have little in common are marked whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from attainment_linkage.core.review.sample import Fields

SAME, CLOSE, DIFFERENT, ONE_SIDE = "same", "close", "different", "one side only"
_LITTLE_IN_COMMON = 0.5
_UNKNOWN_PART = "??"
_DATE = re.compile(r"[0-9?]{2,4}(/[0-9?]{2,4}){2}")


@dataclass(frozen=True)
class Piece:
    """Some characters of a value, and whether the other side lacks them."""

    text: str
    is_marked: bool


Value = tuple[Piece, ...]


@dataclass(frozen=True)
class Line:
    """One thing compared: its label, both sides' values, and how they compare."""

    label: str
    left: tuple[Value, ...]
    right: tuple[Value, ...]
    verdict: str


def lines(left: Fields, right: Fields) -> list[Line]:
    """What a reviewer looks at, in a fixed order; what neither record has is left out."""
    return list(_lines(left, right))


def _lines(left: Fields, right: Fields) -> Iterator[Line]:
    for label, read in _READ:
        ours, theirs = read(left), read(right)
        if ours or theirs:
            yield Line(label, *_compared(ours, theirs))


def marked(one: str, other: str) -> tuple[Value, Value, str]:
    """Two values with what the other lacks marked, and their verdict."""
    if one == other:
        return (Piece(one, False),), (Piece(other, False),), SAME
    if _DATE.fullmatch(one) and _DATE.fullmatch(other):
        return _marked_parts(one.split("/"), other.split("/"))
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.ratio() < _LITTLE_IN_COMMON:
        return (Piece(one, True),), (Piece(other, True),), DIFFERENT
    ours, theirs = [], []
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if end > start:
            ours.append(Piece(one[start:end], kind != "equal"))
        if other_end > other_start:
            theirs.append(Piece(other[other_start:other_end], kind != "equal"))
    return tuple(ours), tuple(theirs), CLOSE


def _marked_parts(ours: Sequence[str], theirs: Sequence[str]) -> tuple[Value, Value, str]:
    """Two dates part by part: a day of 12 against 21 is another day, not another digit."""
    differs = [one != other for one, other in zip(ours, theirs, strict=True)]

    def pieces(parts: Sequence[str]) -> Value:
        """The parts of a date with strokes between them."""
        found = [Piece(parts[0], differs[0])]
        for part, is_marked in zip(parts[1:], differs[1:], strict=True):
            found += [Piece("/", False), Piece(part, is_marked)]
        return tuple(found)

    return pieces(ours), pieces(theirs), DIFFERENT if all(differs) else CLOSE


def _compared(
    ours: Sequence[str], theirs: Sequence[str]
) -> tuple[tuple[Value, ...], tuple[Value, ...], str]:
    """Values of both sides: one against one by its characters, several by what is shared."""
    if not ours or not theirs:
        return _plain(ours), _plain(theirs), ONE_SIDE
    if len(ours) == len(theirs) == 1:
        one, other, verdict = marked(ours[0], theirs[0])
        return (one,), (other,), verdict
    shared = set(ours) & set(theirs)
    is_same = set(ours) == set(theirs)
    verdict = SAME if is_same else CLOSE if shared else DIFFERENT
    return _by_share(ours, shared), _by_share(theirs, shared), verdict


def _plain(values: Sequence[str]) -> tuple[Value, ...]:
    return tuple((Piece(value, False),) for value in values)


def _by_share(values: Sequence[str], shared: set[str]) -> tuple[Value, ...]:
    """Shared values first, the others marked whole."""
    ordered = sorted(dict.fromkeys(values), key=lambda value: value not in shared)
    return tuple((Piece(value, value not in shared),) for value in ordered)


def _one(name: str) -> Callable[[Fields], list[str]]:
    return lambda fields: [str(fields[name])] if fields.get(name) else []


def _birth(fields: Fields) -> list[str]:
    """Day, month and year; what is not known of a partial date as question marks."""
    whole = str(fields.get("birth_date") or "")
    parts = (
        whole.split("-")[::-1]
        if whole
        else [str(fields.get(name) or "") for name in ("birth_day", "birth_month", "birth_year")]
    )
    return ["/".join(part or _UNKNOWN_PART for part in parts)] if any(parts) else []


def _other_surnames(fields: Fields) -> list[str]:
    own = set(str(fields.get("surname") or "").split())
    return [word for word in fields.get("surname_parts") or [] if word not in own]


def _other_forenames(fields: Fields) -> list[str]:
    whole = fields.get("middle_names")
    if whole:
        return [str(whole)]
    return [str(fields["middle_initial"])] if fields.get("middle_initial") else []


def _postcodes(fields: Fields) -> list[str]:
    found = [fields.get("postcode"), *(fields.get("postcodes") or [])]
    return [f"{code[:-3]} {code[-3:]}" for code in dict.fromkeys(found) if code]


def _address(fields: Fields) -> list[str]:
    whole = fields.get("address")
    parts = [fields.get("house_number"), fields.get("street")]
    said = str(whole) if whole else " ".join(str(part) for part in parts if part)
    return [said] if said else []


_READ: tuple[tuple[str, Callable[[Fields], list[str]]], ...] = (
    ("Forename", _one("forename")),
    ("Middle names", _other_forenames),
    ("Surname", _one("surname")),
    ("Other surnames", _other_surnames),
    ("Date of birth", _birth),
    ("Age", _one("age")),
    ("Sex", _one("sex")),
    ("Postcodes", _postcodes),
    ("Address", _address),
    ("Place", _one("place")),
    ("Region", _one("region")),
    ("Place of birth", _one("birth_place")),
    ("Telephone", _one("phone")),
    ("Email", _one("email")),
    ("Identifier", _one("identifier")),
    ("Occupation", _one("occupation")),
)
