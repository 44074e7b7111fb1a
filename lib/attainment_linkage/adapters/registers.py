"""Registers: reads the register of projects and applications, and writes the public page.

Also what a check of a project rests on outside its text: today's date and this user.
"""

from __future__ import annotations

import os
import pwd
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from attainment_linkage.adapters.page import write_template
from attainment_linkage.adapters.project import conf_folder
from attainment_linkage.core.projects.project import QUESTIONS, Project
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


def write_register_page(register: Register, path: Path) -> Path:
    """Write the public page: projects, decisions and releases in the order of their ids; no data.

    Researchers are counted there, not named.

    Raises: DiskFullError, LakeUnwritableError.
    """
    projects: list[Project] = [register[name] for name in sorted(register)]
    return write_template("register.html", path, projects=projects, questions=QUESTIONS)


def today() -> date:
    """The date, in UTC."""
    return datetime.now(tz=UTC).date()


def this_user() -> str:
    """The name of the account that runs this process: the system's word, not the environment's."""
    return pwd.getpwuid(os.geteuid()).pw_name
