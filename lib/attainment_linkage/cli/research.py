"""For research: applications, the register, keys, extracts, the secure room."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from attainment_linkage.cli import options
from attainment_linkage.cli.options import ConfigOption, LakeOption
from attainment_linkage.stages.doors import research as door

app = typer.Typer()


@app.command(rich_help_panel=options.RESEARCH)
def apply(
    application: Annotated[Path, typer.Argument(help="TOML, one [project.ID]: conf/README.md.")],
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Check a project's application; list what is missing before it can be decided on."""
    raise typer.Exit(door.application(application, config, lake))


@app.command(rich_help_panel=options.RESEARCH)
def register(
    output: Annotated[Path, typer.Option("--output", help="The page.")] = Path("register.html"),
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Write the public page of the register: projects, decisions, releases; no data."""
    raise typer.Exit(door.public_register(output, config, lake))


@app.command(rich_help_panel=options.RESEARCH)
def provision(
    project: Annotated[str, typer.Argument(help="Its id in the register.")],
    dummy: Annotated[
        bool, typer.Option("--dummy", help="Of generated people; needs no approval.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", help="Folder of a dummy; else dummy-PROJECT.")
    ] = None,
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Make the extract of an approved, current project, in the research root."""
    if dummy:
        raise typer.Exit(door.dummy_extract(project, output or Path(f"dummy-{project}"), config))
    raise typer.Exit(door.extract(project, config, lake))


@app.command("open", rich_help_panel=options.RESEARCH)
def open_project(
    project: Annotated[str, typer.Argument(help="Its id in the register.")],
    script: Annotated[Path, typer.Argument(help="Python; EXTRACT and STAGING name its folders.")],
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Run a researcher's script on a copy of the project's extract, in the secure room."""
    raise typer.Exit(door.secure_room(project, script, config, lake))


key = typer.Typer(help="The secret keys of projects.", no_args_is_help=True)


@key.command("new")
def new_key(
    path: Annotated[Path, typer.Argument(help="A new file, outside the lake and the project.")],
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Make a project's key: 32 random bytes, mode 0400; say its key id."""
    raise typer.Exit(door.new_key(path, config, lake))


app.add_typer(key, name="key", rich_help_panel=options.RESEARCH)
