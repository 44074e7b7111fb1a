"""Options that many subcommands take, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    str, typer.Option("--config", help="local, cluster, or the path of a TOML file.")
]
LakeOption = Annotated[
    Path | None, typer.Option("--lake", help="Folder of the lake's roots; else as configured.")
]
ForceOption = Annotated[bool, typer.Option("--force", help="Make again what is unchanged.")]
BreakLockOption = Annotated[
    bool, typer.Option("--break-lock", help="Take over the lock of a run that is dead.")
]
