"""Config: reads ``conf/base.toml``, lays ``conf/<env>.toml`` over it, and checks all of it.

Every problem is reported at once, in one ConfigError, under the file it is in: a file that
is not TOML, an unknown key, a missing one, a value of the wrong type or out of bounds.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.core.checked import (
    Settings,
    converted,
    field_types,
    problems_of,
    section_class,
)
from attainment_linkage.core.settings import Config
from attainment_linkage.domain.errors import ConfigError

OVERRIDES = "given on the command line"


@dataclass
class _Reading:
    """What has been read so far: values with the file they come from, and problems."""

    values: dict[tuple[str, ...], Any] = field(default_factory=dict)
    origins: dict[tuple[str, ...], str] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, file: str, problem: str) -> None:
        """Note one problem under its file."""
        self.problems.setdefault(file, []).append(problem)

    def lay(self, file: str, kind: type, given: Mapping[str, Any], at: tuple[str, ...]) -> None:
        """Lay the values of one file over those read before it."""
        known = field_types(kind)
        for key, value in given.items():
            where = (*at, key)
            if key not in known:
                names = ", ".join(known)
                self.refuse(file, f"{'.'.join(where)} is not a known key; known here: {names}")
                continue
            inner = section_class(known[key])
            if inner and isinstance(value, Mapping):
                self.lay(file, inner, value, where)
            elif inner:
                self.refuse(file, f"{'.'.join(where)} must be a table of keys")
            else:
                wrong = list(problems_of(kind, key, value))
                for problem in wrong:
                    self.refuse(file, f"{'.'.join(where)} {problem}")
                self.origins[where] = file
                self.values[where] = None if wrong else converted(known[key], value)

    def build(self, kind: type[Settings], at: tuple[str, ...], base: str) -> Any:
        """The section, or None where a problem stands in its way."""
        found: dict[str, Any] = {}
        for key, of in field_types(kind).items():
            where = (*at, key)
            inner = section_class(of)
            if inner:
                found[key] = self.build(inner, where, base)
            elif where in self.values:
                found[key] = self.values[where]
            else:
                self.refuse(base, f"{'.'.join(where)} is missing")
                found[key] = None
        if any(value is None for value in found.values()):
            return None
        try:
            return kind(**found)
        except ConfigError as refused:
            last = [self.origins[(*at, key)] for key in found if (*at, key) in self.origins]
            file = next((name for name in reversed(last) if name != base), base)
            self.refuse(file, f"{'.'.join(at)}: {_inside(refused)}")
            return None


def _inside(refused: ConfigError) -> str:
    return str(refused).removeprefix("configuration: ").rstrip(".").split(": ", 1)[-1]


def load(env: str | Path, overrides: Mapping[str, Any] | None = None) -> Config:
    """The configuration for an environment.

    Args:
        env: a name, for ``conf/<env>.toml``, or the path of a TOML file of one's own.
        overrides: tables of keys laid over both files (what the command line gives).

    Raises:
        ConfigError: the configuration is refused; the message lists every problem.
    """
    folder = conf_folder()
    base = folder / "base.toml"
    reading = _Reading()
    for path in (base, _environment_file(env, folder)):
        reading.lay(path.name, Config, _read(path, reading), ())
    reading.lay(OVERRIDES, Config, overrides or {}, ())
    config = reading.build(Config, (), base.name)
    if reading.problems:
        raise ConfigError(_report(reading.problems))
    assert isinstance(config, Config)
    return config


def lake_override(directory: str | Path) -> dict[str, Any]:
    """The override that ``--lake DIR`` stands for: all roots, truth and spill move with it."""
    return {"lake": {"directory": str(directory)}}


def _environment_file(env: str | Path, folder: Path) -> Path:
    name = str(env)
    path = Path(name) if isinstance(env, Path) or name.endswith(".toml") else None
    if path is None:
        path = folder / f"{name}.toml"
    if not path.is_file():
        raise ConfigError(
            f"configuration: there is no file {path}. Give local, cluster, or the path of a "
            "TOML file."
        )
    return path


def _read(path: Path, reading: _Reading) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        reading.refuse(path.name, f"is not TOML: {broken}")
    except OSError as refused:
        reading.refuse(path.name, f"cannot be read: {refused.strerror}")
    return {}


def _report(problems: Mapping[str, list[str]]) -> str:
    count = sum(map(len, problems.values()))
    lines = [f"configuration: {count} problem{'s' if count != 1 else ''}."]
    for file, found in problems.items():
        lines.append(f"{file}:")
        lines.extend(f"  {problem}" for problem in found)
    return "\n".join(lines)
