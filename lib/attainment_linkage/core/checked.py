"""Checked: the base of a settings section whose fields declare their own bounds.

A section is a frozen dataclass over :class:`Settings`. It refuses, when it is made, every
value that is of the wrong type or out of its bounds, all at once. ``adapters.config`` uses
the same checks to report the problems of a whole configuration together.
"""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

from attainment_linkage.domain.errors import ConfigError

_SPOKEN = {
    int: "a whole number",
    float: "a number",
    str: "a text",
    bool: "true or false",
    date: "a date such as 2026-01-31, without quotes",
}
JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue]"


def setting(
    *,
    at_least: float | None = None,
    above: float | None = None,
    at_most: float | None = None,
    one_of: tuple[str, ...] = (),
    is_empty_allowed: bool = False,
) -> Any:
    """One setting with its bounds; a text may be empty only where that is said."""
    bounds = {"at_least": at_least, "above": above, "at_most": at_most}
    return dataclasses.field(
        metadata={**bounds, "one_of": one_of, "is_empty_allowed": is_empty_allowed}
    )


class Settings:
    """A section of the configuration; its subclasses are frozen dataclasses."""

    def __post_init__(self) -> None:
        """Refuse values outside the declared bounds, all at once."""
        name = type(self).__name__
        found = [
            f"{name}.{field.name} {problem}"
            for field in dataclasses.fields(self)  # type: ignore[arg-type]
            for problem in problems_of(type(self), field.name, getattr(self, field.name))
        ]
        found.extend(f"{name}: {problem}" for problem in self.contradictions())
        if found:
            raise ConfigError(f"configuration: {'; '.join(found)}.")

    def contradictions(self) -> Iterator[str]:
        """What is wrong between fields that are each right alone."""
        yield from ()

    def as_json(self) -> dict[str, JsonValue]:
        """The section as plain values, in the order of its fields."""
        values = dataclasses.asdict(self)  # type: ignore[call-overload]
        return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def field_types(section: type) -> Mapping[str, Any]:
    """Name and type of each field of a section, in order."""
    hints = get_type_hints(section)
    return {field.name: hints[field.name] for field in dataclasses.fields(section)}


def section_class(kind: Any) -> type[Settings] | None:
    """The section class of a field's type, or None where the field is a plain value."""
    return kind if isinstance(kind, type) and issubclass(kind, Settings) else None


def converted(kind: Any, value: Any) -> Any:
    """A TOML value as the field's type: lists to tuples, whole numbers to float.

    A type may be a choice, as ``str | int``; with None in it, of what may be left out.

    Raises:
        TypeError: the value is not of the type; the message says what is expected.
    """
    if get_origin(kind) is tuple:
        item_kind = get_args(kind)[0]
        if not isinstance(value, (list, tuple)):
            raise TypeError("must be a list")
        return tuple(converted(item_kind, item) for item in value)
    choices = _choices(kind)
    if float in choices and type(value) is int:
        value = float(value)
    if type(value) not in choices:
        raise TypeError(f"must be {' or '.join(map(_spoken, choices))}")
    if isinstance(value, float) and not math.isfinite(value):
        raise TypeError("must be a number, and finite")
    return value


def _choices(kind: Any) -> tuple[type, ...]:
    """The types a value may be of; exactly of them: a bool is no int, a time is no date."""
    args = get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    return tuple(one for one in args if one is not type(None))


def _spoken(kind: type) -> str:
    return _SPOKEN.get(kind, str(kind))


def problems_of(section: type, name: str, value: Any) -> Iterator[str]:
    """What is wrong with one value of a field, as 'is 0; it must be above 0'."""
    kind = field_types(section)[name]
    if section_class(kind):
        return
    try:
        converted(kind, value)
    except TypeError as wrong:
        yield f"is {_shown(value)}; it {wrong}"
        return
    rules = next(f for f in dataclasses.fields(section) if f.name == name).metadata
    one_of = rules.get("one_of", ())
    if one_of and value not in one_of:
        yield f"is {_shown(value)}; it must be one of {', '.join(map(repr, one_of))}"
    if value == "" and not one_of and not rules.get("is_empty_allowed", False):
        yield "is empty; it must be given"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _out_of_bounds(rules, value)


def _out_of_bounds(rules: Mapping[str, Any], value: float) -> Iterator[str]:
    if rules.get("at_least") is not None and not value >= rules["at_least"]:
        yield f"is {value}; it must be at least {rules['at_least']}"
    if rules.get("above") is not None and not value > rules["above"]:
        yield f"is {value}; it must be above {rules['above']}"
    if rules.get("at_most") is not None and not value <= rules["at_most"]:
        yield f"is {value}; it must be at most {rules['at_most']}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}..."
