"""Spec text: a specification given as a mapping, as the TOML it stands for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from attainment_linkage.domain.errors import SpecError


def as_toml(spec: Mapping[str, Any]) -> str:
    """The text of a mapping of texts, numbers, lists of texts, and mappings of these.

    Raises: SpecError where a value is of no such kind.
    """
    return "\n".join(_lines(spec, ())) + "\n"


def _lines(table: Mapping[str, Any], at: tuple[str, ...]) -> Iterator[str]:
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    for key, value in table.items():
        if key not in inner:
            yield f"{_text(str(key))} = {_value(value, (*at, str(key)))}"
    for key, value in inner.items():
        yield f"[{'.'.join(map(_text, (*at, str(key))))}]"
        yield from _lines(value, (*at, str(key)))


def _value(value: Any, at: tuple[str, ...]) -> str:
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        return f"[{', '.join(map(_text, value))}]"
    raise SpecError(
        f"specification: {'.'.join(at)} is a {type(value).__name__}; it must be a text, a number, "
        "a list of texts, or a mapping of these."
    )


def _text(text: str) -> str:
    """A TOML basic string: JSON's, with the one character escaped that TOML forbids more."""
    return json.dumps(text).replace("\x7f", "\\u007f")
