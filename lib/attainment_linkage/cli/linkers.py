"""For linkers: the road and its stages, any two files, a run to destroy, the audit log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from attainment_linkage.cli import options
from attainment_linkage.cli.options import (
    BreakLockOption,
    ConfigOption,
    ForceOption,
    JsonOption,
    LakeOption,
    QuietOption,
)
from attainment_linkage.domain.road import LINK, ROAD
from attainment_linkage.stages.doors import linkers as door

app = typer.Typer()


def _subcommand(name: str) -> Callable[..., None]:
    def subcommand(
        config: ConfigOption = "local",
        lake: LakeOption = None,
        force: ForceOption = False,
        break_lock: BreakLockOption = False,
        quiet: QuietOption = False,
        json: JsonOption = False,
    ) -> None:
        door.speak(quiet=quiet, json=json)
        raise typer.Exit(door.stage(name, config, lake, force=force, break_lock=break_lock))

    return subcommand


def _link(
    config: ConfigOption = "local",
    lake: LakeOption = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what it would do and cost; score nothing.")
    ] = False,
    force: ForceOption = False,
    break_lock: BreakLockOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    door.speak(quiet=quiet, json=json)
    if plan:
        raise typer.Exit(door.link_plan(config, lake))
    raise typer.Exit(door.stage(LINK.name, config, lake, force=force, break_lock=break_lock))


for _stage in ROAD:
    app.command(
        _stage.name,
        help=f"{_stage.summary[0].upper()}{_stage.summary[1:]}.",
        rich_help_panel=options.ROAD if _stage.is_linkers else options.RESEARCH,
    )(_link if _stage is LINK else _subcommand(_stage.name))


@app.command(rich_help_panel=options.ROAD)
def run(
    config: ConfigOption = "local",
    lake: LakeOption = None,
    synthesise: Annotated[
        bool, typer.Option("--synthesise", help="Put the generator first.")
    ] = False,
    force: ForceOption = False,
    break_lock: BreakLockOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Run the linkers' road, up to measure; what is unchanged is skipped."""
    door.speak(quiet=quiet, json=json)
    raise typer.Exit(
        door.road(config, lake, synthesise=synthesise, force=force, break_lock=break_lock)
    )


@app.command("link-files", rich_help_panel=options.ROAD)
def link_files(
    spec: Annotated[Path, typer.Argument(help="Ids, roles and relation: conf/README.md.")],
    left: Annotated[Path, typer.Option("--left", help="Parquet or CSV.")],
    right: Annotated[Path, typer.Option("--right", help="Parquet or CSV.")],
    output: Annotated[Path, typer.Option("--output", help="Folder of pairs.parquet.")],
    config: ConfigOption = "local",
) -> None:
    """Link any two files from the roles of their columns; writes OUTPUT/pairs.parquet."""
    raise typer.Exit(door.files(spec, left, right, output, config))


@app.command(rich_help_panel=options.LOOK)
def purge(
    run: Annotated[str, typer.Argument(help="The run's id, as it was printed when published.")],
    config: ConfigOption = "local",
    lake: LakeOption = None,
    published: Annotated[
        bool, typer.Option("--published", help="Destroy it even if it is the published run.")
    ] = False,
    break_lock: BreakLockOption = False,
) -> None:
    """Destroy for good the tables of a run that identify people."""
    raise typer.Exit(door.purge(run, config, lake, published=published, break_lock=break_lock))


audit = typer.Typer(help="The log of who did what.", no_args_is_help=True)


@audit.command("verify")
def verify_audit(
    config: ConfigOption = "local",
    lake: LakeOption = None,
    head: Annotated[
        list[str] | None, typer.Option("--head", help="A head noted earlier, as a run prints it.")
    ] = None,
) -> None:
    """Check that no entry of the audit log was changed, taken out, moved or cut off."""
    raise typer.Exit(door.audit(config, lake, head or []))


@app.command(hidden=True)
def session(config: ConfigOption = "local") -> None:
    """Start Spark once and end it: what `make setup` does to fetch Delta's jars."""
    raise typer.Exit(door.session(config))


app.add_typer(audit, name="audit", rich_help_panel=options.LOOK)
