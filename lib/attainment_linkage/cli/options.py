"""Options that many subcommands take, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ROAD, LOOK, REVIEW, RESEARCH = (
    "The road, for linkers",
    "To look",
    "Clerical review",
    "For research",
)
"""The panels of the help, one for each kind of people."""

ConfigOption = Annotated[
    str, typer.Option("--config", help="local, cluster, or the path of a TOML file.")
]
LakeOption = Annotated[
    Path | None, typer.Option("--lake", help="Folder of the lake's roots; else as configured.")
]
ForceOption = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Make again what is unchanged; what is published of it cannot be read meanwhile.",
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Say the end alone.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Say each event as a line of JSON.")]
BreakLockOption = Annotated[
    bool, typer.Option("--break-lock", help="Take over the lock of a run that is dead.")
]
