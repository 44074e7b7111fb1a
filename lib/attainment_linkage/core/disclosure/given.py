"""Given: plain values, as TOML and JSON give them, read into frozen dataclasses, strictly.

Unknown keys, missing keys and wrong types are all found, not only the first of them.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Made = TypeVar("Made")


def read(kind: type[Made], given: Mapping[str, Any], at: str, problems: list[str]) -> Made | None:
    """A dataclass from its plain values; None where a problem stands in its way.

    ``at`` names the place in a problem; every problem is added to ``problems``.
    """
    hints = get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    found: dict[str, Any] = {}
    before = len(problems)
    for key, value in given.items():
        if key not in fields:
            known = ", ".join(fields)
            problems.append(f"{at} has the unknown key {key!r}; the keys are {known}")
        else:
            found[key] = _value(hints[key], value, f"{at} {key}", problems)
    for name, field in fields.items():
        is_needed = (
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        )
        if is_needed and name not in given:
            problems.append(f"{at} lacks {name}")
    return kind(**found) if len(problems) == before else None


def _value(kind: Any, value: Any, at: str, problems: list[str]) -> Any:
    origin = get_origin(kind)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            problems.append(f"{at} must be a list")
            return ()
        inner = get_args(kind)[0]
        return tuple(
            _value(inner, item, f"{at} {number}", problems) for number, item in enumerate(value, 1)
        )
    if origin is not None:  # Mapping[str, X]
        if not isinstance(value, Mapping):
            problems.append(f"{at} must be a table of keys")
            return {}
        inner = get_args(kind)[1]
        return {
            str(key): _value(inner, item, f"{at}.{key}", problems) for key, item in value.items()
        }
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, Mapping):
            problems.append(f"{at} must be a table of keys")
            return None
        return read(kind, value, at, problems)  # type: ignore[arg-type]
    return _plain(kind, value, at, problems)


def _plain(kind: Any, value: Any, at: str, problems: list[str]) -> Any:
    spoken = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
    is_right = isinstance(value, int | float) if kind is float else isinstance(value, kind)
    if isinstance(value, bool) and kind is not bool:
        is_right = False
    if not is_right or (isinstance(value, float) and not math.isfinite(value)):
        problems.append(f"{at} must be {spoken[kind]}")
        return kind()
    return float(value) if kind is float else value


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
