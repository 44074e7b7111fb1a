"""Given: plain values, as TOML and JSON give them, read into frozen dataclasses, strictly.

Unknown keys, missing keys and wrong types are all found, not only the first of them. What a
single value may be is ``core.checked.converted``'s to say, here as in the configuration.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from attainment_linkage.core.checked import converted

Made = TypeVar("Made")


def read(kind: type[Made], given: Any, at: str, problems: list[str]) -> Made | None:
    """A dataclass from its plain values; None where a problem stands in its way.

    A field may be a plain value, an optional or a choice of these, a tuple, a mapping from
    texts, or another dataclass. ``at`` names the place in a problem, empty at the top of a
    document; every problem is added to ``problems``.
    """
    if not isinstance(given, Mapping):
        problems.append(f"{at} must be a table of keys")
        return None
    hints = get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    found: dict[str, Any] = {}
    before = len(problems)
    for key, value in given.items():
        if key not in fields:
            known = ", ".join(fields)
            problems.append(f"{_inside(at, key)} is not a known key; known here: {known}")
        else:
            found[key] = _value(hints[key], value, _inside(at, key), problems)
    for name, field in fields.items():
        is_needed = (
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        )
        if is_needed and name not in given:
            problems.append(f"{_inside(at, name)} is missing")
    return kind(**found) if len(problems) == before else None


def _inside(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key


def _value(kind: Any, value: Any, at: str, problems: list[str]) -> Any:
    """A value as a field's type; what a problem stands in the way of is None."""
    if dataclasses.is_dataclass(kind):
        return read(kind, value, at, problems)  # type: ignore[arg-type]
    if isinstance(value, list | tuple) and get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        return tuple(
            _value(inner, item, f"{at}[{number}]", problems)
            for number, item in enumerate(value, start=1)
        )
    if _is_mapping(kind):
        if isinstance(value, Mapping):
            inner = get_args(kind)[1]
            return {str(k): _value(inner, v, _inside(at, k), problems) for k, v in value.items()}
        problems.append(f"{at} must be a table of keys")
        return None
    try:
        return converted(kind, value)
    except TypeError as wrong:
        problems.append(f"{at} {wrong}")
        return None


def _is_mapping(kind: Any) -> bool:
    origin = get_origin(kind)
    return origin not in (None, tuple) and not isinstance(kind, types.UnionType)


def plain(value: Any) -> Any:
    """A dataclass and what it holds as plain values, for JSON; what equals its default is left."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if not _is_default(field, getattr(value, field.name))
        }
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _is_default(field: dataclasses.Field[Any], value: Any) -> bool:
    if field.default_factory is not dataclasses.MISSING:
        return bool(value == field.default_factory())
    return field.default is not dataclasses.MISSING and bool(value == field.default)
