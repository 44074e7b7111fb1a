"""Registers: reads the register of projects and applications, and writes the public page.

Also what a check of a project rests on outside its text: today's date and this user.
"""

from __future__ import annotations

import os
import pwd
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from attainment_linkage.adapters.page import write_template
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.core.projects.project import QUESTIONS, Project, Release
from attainment_linkage.core.projects.register import Register, read_register
from attainment_linkage.domain.errors import (
    InputEncodingError,
    InputMissingError,
    InputUnreadableError,
    RegisterError,
)


def load_register(name: str) -> Register:
    """The register at a path, a relative one under ``conf/``.

    Raises: RegisterError with all its problems; InputMissingError, InputUnreadableError,
        InputEncodingError.
    """
    return read_register(read_toml(conf_folder() / name))


def read_toml(path: Path) -> Mapping[str, Any]:
    """A TOML document.

    Raises: InputMissingError, InputEncodingError, InputUnreadableError, RegisterError (it is
        not TOML).
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputMissingError(f"{path} is not there. Correct the path.") from None
    except UnicodeDecodeError:
        raise InputEncodingError(f"{path} is not in UTF-8. Save it again as UTF-8.") from None
    except OSError as refused:
        raise InputUnreadableError(f"{path} cannot be read ({refused.strerror}).") from None
    except tomllib.TOMLDecodeError as wrong:
        raise RegisterError(f"{path.name} is not TOML: {wrong}. Correct it there.") from None


def write_register_page(register: Register, releases: Sequence[Release], path: Path) -> Path:
    """Write the public page: projects by their ids, decisions, releases; no data.

    Researchers are counted there, not named. Releases of no project of the register (of the
    linkage's own analysis, or of a project that was taken out) stand at the end.

    Raises: DiskFullError, LakeUnwritableError.
    """
    projects: list[Project] = [register[name] for name in sorted(register)]
    of_project = {name: [one for one in releases if one.project == name] for name in register}
    others = [one for one in releases if one.project not in register]
    return write_template(
        "register.html",
        path,
        projects=projects,
        questions=QUESTIONS,
        releases=of_project,
        others=others,
    )


def today() -> date:
    """The date, in UTC."""
    return datetime.now(tz=UTC).date()


def this_user() -> str:
    """The name of the account that runs this process: the system's word, not the environment's."""
    return pwd.getpwuid(os.geteuid()).pw_name
