"""The console script: one subcommand per stage, the whole road, and any two files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from attainment_linkage.domain.road import ROAD
from attainment_linkage.stages import door

app = typer.Typer(
    name="attainment-linkage",
    help="Links attainment records to the Census. Exit codes: README.md, When it stops.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

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


def _subcommand(name: str) -> Callable[..., None]:
    def subcommand(
        config: ConfigOption = "local",
        lake: LakeOption = None,
        force: ForceOption = False,
        break_lock: BreakLockOption = False,
    ) -> None:
        raise typer.Exit(door.stage(name, config, lake, force=force, break_lock=break_lock))

    return subcommand


for _stage in ROAD:
    app.command(_stage.name, help=f"{_stage.summary[0].upper()}{_stage.summary[1:]}.")(
        _subcommand(_stage.name)
    )


@app.command()
def run(
    config: ConfigOption = "local",
    lake: LakeOption = None,
    synthesise: Annotated[
        bool, typer.Option("--synthesise", help="Put the generator first.")
    ] = False,
    force: ForceOption = False,
    break_lock: BreakLockOption = False,
) -> None:
    """Run the linkers' road; stages whose inputs, settings and code are unchanged are skipped."""
    raise typer.Exit(
        door.road(config, lake, synthesise=synthesise, force=force, break_lock=break_lock)
    )


@app.command("link-files")
def link_files(
    spec: Annotated[Path, typer.Argument(help="Ids, roles and relation: conf/README.md.")],
    left: Annotated[Path, typer.Option("--left", help="Parquet or CSV.")],
    right: Annotated[Path, typer.Option("--right", help="Parquet or CSV.")],
    output: Annotated[Path, typer.Option("--output", help="Folder of pairs.parquet.")],
    config: ConfigOption = "local",
) -> None:
    """Link any two files from the roles of their columns; writes OUTPUT/pairs.parquet."""
    raise typer.Exit(door.files(spec, left, right, output, config))


@app.command()
def apply(
    application: Annotated[Path, typer.Argument(help="TOML, one [project.ID]: conf/README.md.")],
) -> None:
    """Check a project's application; list what is missing before it can be decided on."""
    raise typer.Exit(door.application(application))


@app.command()
def register(
    output: Annotated[Path, typer.Option("--output", help="The page.")] = Path("register.html"),
    config: ConfigOption = "local",
) -> None:
    """Write the public page of the register: projects, decisions, releases; no data."""
    raise typer.Exit(door.public_register(output, config))


@app.command()
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


@app.command()
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


@app.command("open")
def open_project(
    project: Annotated[str, typer.Argument(help="Its id in the register.")],
    script: Annotated[Path, typer.Argument(help="Python; EXTRACT and STAGING name its folders.")],
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Run a researcher's script on a copy of the project's extract, in the secure room."""
    raise typer.Exit(door.secure_room(project, script, config, lake))


key = typer.Typer(help="The secret keys of projects.", no_args_is_help=True)
app.add_typer(key, name="key")


@key.command("new")
def new_key(
    path: Annotated[Path, typer.Argument(help="A new file, outside the lake and the project.")],
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Make a project's key: 32 random bytes, mode 0400; say its key id."""
    raise typer.Exit(door.new_key(path, config, lake))


audit = typer.Typer(help="The log of who did what.", no_args_is_help=True)
app.add_typer(audit, name="audit")


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


release = typer.Typer(help="Output checking: nothing leaves without it.", no_args_is_help=True)
app.add_typer(release, name="release")

PackageArgument = Annotated[str, typer.Argument(help="The package's name, as check printed it.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in plain words.")]


@release.command("check")
def check_outputs(
    outputs: Annotated[Path, typer.Argument(help="Folder of CSV and TOML: conf/README.md.")],
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Check outputs and pack them for a checker: 0 as brought, 62 corrected, 63 refused."""
    raise typer.Exit(door.check_outputs(outputs, config, lake))


@release.command("approve")
def approve_outputs(
    package: PackageArgument,
    reason: ReasonOption,
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Let a package leave. Not by who brought it."""
    raise typer.Exit(door.decide_outputs(package, reason, config, lake, is_approved=True))


@release.command("refuse")
def refuse_outputs(
    package: PackageArgument,
    reason: ReasonOption,
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Refuse a package for good."""
    raise typer.Exit(door.decide_outputs(package, reason, config, lake, is_approved=False))


@release.command("verify")
def verify_outputs(
    package: PackageArgument, config: ConfigOption = "local", lake: LakeOption = None
) -> None:
    """Check a package again by a programme that shares nothing with the first check."""
    raise typer.Exit(door.verify_outputs(package, config, lake))


review = typer.Typer(help="Clerical review: draw pairs, decide them, read back.")
app.add_typer(review, name="review")
ThirdLookOption = Annotated[
    bool, typer.Option("--third-look", help="The pairs on which the two reviewers disagree.")
]


@review.callback(invoke_without_command=True)
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


@review.command("sample")
def review_sample(
    codes: Annotated[
        Path | None, typer.Option("--codes", help="CSV: left_id,stratum_code; opaque codes.")
    ] = None,
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Draw a batch: first a stratified sample, then the most informative pairs."""
    raise typer.Exit(door.review_sample(config, lake, codes))


@review.command("read")
def review_read(
    file: Annotated[Path, typer.Argument(help="CSV: batch,pair,reviewer,decision.")],
    third_look: ThirdLookOption = False,
    config: ConfigOption = "local",
    lake: LakeOption = None,
) -> None:
    """Take in decisions made elsewhere, all or none."""
    raise typer.Exit(door.review_read(config, lake, file, is_third=third_look))


@review.command("train")
def review_train(config: ConfigOption = "local", lake: LakeOption = None) -> None:
    """Let the decided matches speak in the next linkage: evidence on m."""
    raise typer.Exit(door.review_train(config, lake))


@review.command("measure")
def review_measure(config: ConfigOption = "local", lake: LakeOption = None) -> None:
    """Read the decisions back: agreement, precision and recall with intervals."""
    raise typer.Exit(door.review_measure(config, lake))


@app.command(hidden=True)
def session(config: ConfigOption = "local") -> None:
    """Start Spark once and end it: what `make setup` does to fetch Delta's jars."""
    raise typer.Exit(door.session(config))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a subcommand and leave with its exit code; by default the command line's."""
    app(args=arguments)
