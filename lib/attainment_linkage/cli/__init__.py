"""The console script: its subcommands, one sheet for each kind of people who use it."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from attainment_linkage.cli import linkers, release, research, review

app = typer.Typer(
    name="attainment-linkage",
    help="Links attainment records to the Census. Exit codes: README.md, When it stops.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(linkers.app)
app.add_typer(research.app)
app.add_typer(review.app, name="review")
app.add_typer(release.app, name="release")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a subcommand and leave with its exit code; by default the command line's."""
    app(args=arguments)
