"""The console script: its subcommands, one sheet for each kind of people who use it."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import getdoc
from textwrap import shorten

import typer

from attainment_linkage.cli import linkers, looking, release, research, review
from attainment_linkage.cli.options import RESEARCH, REVIEW
from attainment_linkage.domain.road import ROAD

_LINE, _SOME = 59, 25
"""A command's line holds so many letters; fewer than some would say too little."""


def first_words(said: str) -> str:
    """The beginning of a sentence that fits a line: up to the end of a clause, if one is near."""
    if len(said) <= _LINE:
        return said
    ends = (max(said.rfind(mark, _SOME, _LINE) for mark in marks) for marks in (":;", ","))
    end = next((place for place in ends if place > 0), 0)
    return f"{said[:end]}." if end else shorten(said, _LINE, placeholder=" ...")


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
        _command.short_help = first_words(_said)
    app.add_typer(_sheet.app)
app.add_typer(review.app, name="review", rich_help_panel=REVIEW)
app.add_typer(release.app, name="release", rich_help_panel=RESEARCH)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a subcommand and leave with its exit code; by default the command line's."""
    app(args=arguments)
