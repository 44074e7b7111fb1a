"""For whoever looks: one pair explained, an error explained, the machine examined."""

from __future__ import annotations

from typing import Annotated

import typer

from attainment_linkage.cli import options
from attainment_linkage.cli.options import ConfigOption, LakeOption
from attainment_linkage.stages.doors import looking as door
from attainment_linkage.stages.explain import code_of, near
from attainment_linkage.stages.explain import codes as known_codes

app = typer.Typer()


@app.command(rich_help_panel=options.LOOK)
def why(
    left_id: Annotated[str, typer.Argument(help="attainment_id of the pupil.")],
    right_id: Annotated[str, typer.Argument(help="census_id of the person.")],
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Explain the match weight of one pair, level by level; the audit log keeps who asked."""
    raise typer.Exit(door.why(left_id, right_id, config, lake))


@app.command(rich_help_panel=options.LOOK)
def diff(
    before: Annotated[str, typer.Argument(help="A run's id, as it was printed when published.")],
    after: Annotated[str, typer.Argument(help="Another one's.")],
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Compare two runs: links gained, lost, changed, by matchkey and group; both reports."""
    raise typer.Exit(door.diff(before, after, config, lake))


@app.command(rich_help_panel=options.LOOK)
def explain(
    code: Annotated[
        str,
        typer.Argument(
            help="The code an error ends with, or its exit code.",
            autocompletion=lambda: sorted(known_codes()),
        ),
    ],
) -> None:
    """Say what is behind an error's code, and what to do about it."""
    found = code_of(code)
    if found is None:
        raise typer.BadParameter(f"no error has the code {code}; {near(code)}")
    raise typer.Exit(door.explain(found))


@app.command(rich_help_panel=options.LOOK)
def doctor(config: ConfigOption = "local", lake: LakeOption = None) -> None:
    """Look at what a run needs of this machine: packages, jars, disk; say what to do."""
    raise typer.Exit(door.doctor(config, lake))
