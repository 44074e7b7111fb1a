"""For checkers: outputs are checked, decided on, checked again; nothing leaves without it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from attainment_linkage.cli.options import ConfigOption, LakeOption
from attainment_linkage.stages.doors import release as door

app = typer.Typer(help="Output checking: nothing leaves without it.", no_args_is_help=True)

PackageArgument = Annotated[str, typer.Argument(help="The package's name, as check printed it.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in plain words.")]


@app.command("check")
def check_outputs(
    outputs: Annotated[Path, typer.Argument(help="Folder of CSV and TOML: conf/README.md.")],
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Check outputs and pack them for a checker: 0 as brought, 62 corrected, 63 refused."""
    raise typer.Exit(door.check_outputs(outputs, config, lake))


@app.command("approve")
def approve_outputs(
    package: PackageArgument,
    reason: ReasonOption,
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Let a package leave. Not by who brought it."""
    raise typer.Exit(door.decide_outputs(package, reason, config, lake, is_approved=True))


@app.command("refuse")
def refuse_outputs(
    package: PackageArgument,
    reason: ReasonOption,
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Refuse a package for good."""
    raise typer.Exit(door.decide_outputs(package, reason, config, lake, is_approved=False))


@app.command("hand")
def hand_outputs(
    package: PackageArgument,
    folder: Annotated[Path, typer.Argument(help="A folder that the checker may read.")],
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Put a package where another person, its checker, can take it."""
    raise typer.Exit(door.hand_outputs(package, folder, config, lake))


@app.command("take")
def take_outputs(
    file: Annotated[Path, typer.Argument(help="The file that hand wrote.")],
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Take a package into the checker's own lake, to be decided on there."""
    raise typer.Exit(door.take_outputs(file, config, lake))


@app.command("verify")
def verify_outputs(
    package: PackageArgument, config: ConfigOption = "local", lake: LakeOption = None
) -> None:
    """Check a package again by a programme that shares nothing with the first check."""
    raise typer.Exit(door.verify_outputs(package, config, lake))
