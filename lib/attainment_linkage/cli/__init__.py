"""The console script: its subcommands, one sheet for each kind of people who use it."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import getdoc
from textwrap import shorten

import typer

from attainment_linkage.cli import linkers, looking, release, research, review
from attainment_linkage.cli.options import RESEARCH, REVIEW
from attainment_linkage.domain.road import ROAD

_LINE = 59

app = typer.Typer(
    name="attainment-linkage",
    help=(
        "Links attainment records to the Census, stage by stage, each table through its gate: "
        f"{' > '.join(stage.name for stage in ROAD if stage.is_linkers)} (run: all of them); "
        f"with other rights {' > '.join(s.name for s in ROAD if not s.is_linkers)} > release.\n\n"
        "First: attainment-linkage doctor. Then: attainment-linkage run --synthesise."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for _sheet in (linkers, looking, research):
    for _command in _sheet.app.registered_commands:  # a line each: all of it is one screen
        _said = _command.help or getdoc(_command.callback) or ""
        _command.short_help = shorten(_said, _LINE, placeholder=" ...")
    app.add_typer(_sheet.app)
app.add_typer(review.app, name="review", rich_help_panel=REVIEW)
app.add_typer(release.app, name="release", rich_help_panel=RESEARCH)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a subcommand and leave with its exit code; by default the command line's."""
    app(args=arguments)
