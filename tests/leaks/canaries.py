"""Canaries: 200 values that must be found nowhere outside landing and identifiers, in any form.

40 people have a forename, a surname, a date of birth and a postcode that nobody else has; 39 of
them a pupil number; the project's key is the last. A date is looked for in six formats; each
value raw, in upper case, as base64 at each of its three alignments, as hex, as UTF-16, and as the
MD5, SHA-1 and SHA-256 of it, of its upper case and, of a postcode, without its blank.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum.gb import upn

PEOPLE = 40
_SYLLABLES = "zor vek quil drax fyn wub plox grem jask thuv".split()
_MONTHS = (
    "January February March April May June July August September October November December"
).split()


@dataclass(frozen=True)
class Person:
    """One canary person, as its values are delivered."""

    number: int
    forename: str
    surname: str
    birth: tuple[int, int, int]
    postcode: str
    upn: str

    @property
    def date(self) -> str:
        return "{:04d}-{:02d}-{:02d}".format(*self.birth)


def people() -> list[Person]:
    """The canary people; each value is formed as the real ones are, and is nobody else's."""
    return [_person(number) for number in range(PEOPLE)]


def _person(number: int) -> Person:
    one, ten = _SYLLABLES[number % 10], _SYLLABLES[number // 10]
    body = f"801{4000 + number:04d}05{number:03d}"
    return Person(
        number,
        forename=f"{one}{ten}abrix".capitalize(),
        surname=f"{ten}{one}owitz".capitalize(),
        birth=(1994 + (number % 12 < 8), 1 + (number + 4) % 12, 1 + number % 28),
        postcode=f"YW{10 + number} {number % 10}Z{'ABDEFGHJLN'[number % 10]}",
        upn=upn.calc_check_digit(body) + body if number else "",
    )


def canaries(key: bytes) -> dict[str, list[bytes]]:
    """Name of each canary -> the values it is looked for by, each still in its plain form."""
    found: dict[str, list[bytes]] = {"key": [key]}
    for person in people():
        found[f"forename {person.number}"] = [person.forename.encode()]
        found[f"surname {person.number}"] = [person.surname.encode()]
        found[f"date {person.number}"] = [text.encode() for text in dates(person.birth)]
        found[f"postcode {person.number}"] = [
            person.postcode.encode(), person.postcode.replace(" ", "").encode(),
        ]  # fmt: skip
        if person.upn:
            found[f"upn {person.number}"] = [person.upn.encode()]
    return found


def dates(birth: tuple[int, int, int]) -> list[str]:
    """A date in six formats."""
    year, month, day = birth
    return [
        f"{year}-{month:02d}-{day:02d}",
        f"{day:02d}/{month:02d}/{year}",
        f"{year}{month:02d}{day:02d}",
        f"{day:02d}-{month:02d}-{year}",
        f"{day:02d}.{month:02d}.{year}",
        f"{day} {_MONTHS[month - 1]} {year}",
    ]


def forms(value: bytes) -> Iterator[tuple[str, bytes]]:
    """A value in each form it is looked for: the form's name and its bytes."""
    for case, text in {"": value, " in upper case": value.upper()}.items():
        yield f"raw{case}", text
        yield f"hex{case}", text.hex().encode()
        yield f"HEX{case}", text.hex().upper().encode()
        yield f"utf-16{case}", text.decode("latin-1").encode("utf-16-le")
        for shift in range(3):
            yield f"base64 at {shift}{case}", _base64_inside(text, shift)
        for name in ("md5", "sha1", "sha256"):
            mac = hashlib.new(name, text)
            yield f"{name}{case}", mac.hexdigest().encode()
            yield f"{name.upper()}{case}", mac.hexdigest().upper().encode()
            yield f"{name} bytes{case}", mac.digest()


def _base64_inside(text: bytes, shift: int) -> bytes:
    """What is the same of a text's base64 whatever stands before it, ``shift`` bytes, and after."""
    encoded = base64.b64encode(bytes(shift) + text)
    first = {0: 0, 1: 2, 2: 3}[shift]
    last = len(encoded) - {0: 0, 1: 3, 2: 2}[(shift + len(text)) % 3]
    return encoded[first:last]
