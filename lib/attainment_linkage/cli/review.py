"""For reviewers: pairs are drawn, decided in a browser, read back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from attainment_linkage.cli.options import ConfigOption, LakeOption
from attainment_linkage.stages.doors import review as door

app = typer.Typer(help="Clerical review: draw pairs, decide them, read back.")

ThirdLookOption = Annotated[
    bool, typer.Option("--third-look", help="The pairs on which the two reviewers disagree.")
]


@app.callback(invoke_without_command=True)
def serve_review(
    context: typer.Context,
    reviewer: Annotated[str, typer.Option("--reviewer", help="A code, not a name.")] = "A",
    third_look: ThirdLookOption = False,
    batch: Annotated[str | None, typer.Option("--batch", help="Else the latest.")] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free.")] = 0,
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Serve the review page to a browser of this machine; or sample, read, measure."""
    if context.invoked_subcommand is None:
        raise typer.Exit(
            door.review(config, lake, reviewer, batch=batch, is_third=third_look, port=port)
        )


@app.command("sample")
def review_sample(
    codes: Annotated[
        Path | None, typer.Option("--codes", help="CSV: left_id,stratum_code; opaque codes.")
    ] = None,
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Draw a batch: first a stratified sample, then the most informative pairs."""
    raise typer.Exit(door.review_sample(config, lake, codes))


@app.command("codes")
def review_codes(
    output: Annotated[Path, typer.Option("--output", help="The file to hand over.")],
    by: Annotated[
        list[str] | None, typer.Option("--by", help="A characteristic; again for more.")
    ] = None,
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Make opaque stratum codes from attributes, for `sample --codes`; opens no names."""
    given = by or ["sex", "ethnic_group"]
    raise typer.Exit(door.review_codes(config, lake, given, output))


@app.command("read")
def review_read(
    file: Annotated[Path, typer.Argument(help="CSV: batch,pair,reviewer,decision.")],
    third_look: ThirdLookOption = False,
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Take in decisions made elsewhere, all or none."""
    raise typer.Exit(door.review_read(config, lake, file, is_third=third_look))


@app.command("train")
def review_train(config: ConfigOption = "local", lake: LakeOption = None) -> None:
    """Let the decided matches speak in the next linkage: evidence on m."""
    raise typer.Exit(door.review_train(config, lake))


@app.command("measure")
def review_measure(config: ConfigOption = "local", lake: LakeOption = None) -> None:
    """Read the decisions back: agreement, precision and recall with intervals."""
    raise typer.Exit(door.review_measure(config, lake))
