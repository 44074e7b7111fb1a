"""acro: a folder its ``finalise`` wrote is read; one that is written, acro itself can load."""

import builtins
import json
import shutil
import warnings

import numpy as np
import pandas as pd
import pytest
from acro import ACRO
from acro.record import load_records

from attainment_linkage.adapters import acro_folder, acro_outputs
from attainment_linkage.adapters.acro_folder import RESULTS, SESSION
from attainment_linkage.adapters.config import lake_override, load
from attainment_linkage.adapters.outputs import read_outputs
from attainment_linkage.adapters.runlog import RunLog
from attainment_linkage.core.disclosure.decide import REFUSED, checked
from attainment_linkage.domain.errors import OutputUnusableError, ReleaseCorrectedError
from attainment_linkage.stages.release import check
from tests.outputs import rules

GIVEN = {"universe": "KS4", "population": "drawn people", "weights": "none"}
DESCRIBED = "".join(f'{key} = "{value}"\n' for key, value in GIVEN.items())
TERMS = {"Intercept": 500, "C(sex)[T.m]": 259, "C(fsm)[T.yes]": 5, "points": 500}
(COUNTS, BOTH, MARGINS, MEANS, COUNTED_MEANS, SPREAD, SUMS, LOGIT, OLS, HISTOGRAM, CUSTOM,
 SUPPRESSED) = (f"output_{number}" for number in range(12))  # fmt: skip


def drawn():
    generator = np.random.default_rng(1)
    people = pd.DataFrame(
        {
            "sex": generator.choice(["f", "m"], 500),
            "fsm": generator.choice(["yes", "no"], 500, p=[0.02, 0.98]),
            "region": generator.choice(list("abc"), 500),
            "points": generator.gamma(2, 100, 500),
        }
    )
    people["level"] = (people.points + generator.normal(0, 50, 500) > 180).astype(int)
    return people


PEOPLE = drawn()


def made(people, folder):
    """What a researcher with acro leaves: one output of each kind."""
    acro = ACRO(suppress=False)
    acro.crosstab(people.sex, people.fsm, margins=True)
    acro.crosstab([people.sex, people.region], people.level)
    acro.crosstab([people.sex, people.region], people.level, margins=True)
    acro.crosstab(people.sex, people.region, values=people.points, aggfunc="mean")
    acro.pivot_table(people, index=["sex"], columns=["region"], values=["points"],
                     aggfunc=["mean", "count"], margins=True)  # fmt: skip
    acro.crosstab(people.sex, people.region, values=people.points, aggfunc=["mean", "std"])
    acro.crosstab(people.sex, people.fsm, values=people.points, aggfunc=["count", "mean"])
    acro.logitr("level ~ C(sex) + C(fsm) + points", people)
    acro.olsr("points ~ C(sex)", people)
    acro.hist(people, "points")
    (folder.parent / "note.txt").write_text("a note", "utf-8")
    acro.custom_output(str(folder.parent / "note.txt"), "a note")
    acro.suppress = True
    acro.crosstab(people.sex, people.fsm)
    acro.finalise(str(folder), "json")


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """The folder of a whole session, and what its results say of each output."""
    folder = tmp_path_factory.mktemp("acro") / "fin"
    with pytest.MonkeyPatch.context() as patched, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patched.chdir(folder.parent)  # acro draws its charts into the working folder
        patched.setattr(builtins, "input", lambda *_: "a reason")
        made(PEOPLE, folder)
    return folder, json.loads((folder / RESULTS).read_text("utf-8"))["results"]


def read(session, uid, **more):
    folder, results = session
    return acro_outputs.output_of(folder, uid, results[uid], GIVEN | more)


def only(session, target, *uids):
    """The folder of a session that made these outputs only."""
    folder, results = session
    target.mkdir()
    body = json.loads((folder / RESULTS).read_text("utf-8"))
    body["results"] = {uid: results[uid] for uid in uids}
    (target / RESULTS).write_text(json.dumps(body), "utf-8")
    for uid in uids:
        for file in results[uid]["files"]:
            shutil.copy(folder / file["name"], target)
    return target


def test_counts_are_read_as_they_are(session):
    table = read(session, COUNTS)
    deep = read(session, BOTH)

    assert table.description.variables == ("sex", "fsm")
    assert table.count(("f", "All"), "n") == (PEOPLE.sex == "f").sum()
    assert table.count(("All", "yes"), "n") == (PEOPLE.fsm == "yes").sum()
    wanted = PEOPLE.groupby(["sex", "region", "level"]).size()
    assert {(s, r, int(v)): row["n"] for (s, r, v), row in deep.cells.items()} == dict(wanted)


def test_means_with_their_counts_are_read_and_checked(session):
    table = read(session, COUNTED_MEANS)
    wanted = PEOPLE.groupby(["sex", "region"]).points.agg(["size", "mean"])

    assert table.count(("m", "b"), "n") == wanted.loc["m", "b"]["size"]
    assert table.cells["m", "b"]["mean_points"] == pytest.approx(wanted.loc["m", "b"]["mean"])
    assert table.cells["All", "All"]["mean_points"] == pytest.approx(PEOPLE.points.mean())
    assert {one.rule for one in checked(table, rules()).findings} == {"interval"}


def test_a_regression_is_read_with_its_terms_people_and_checked(session):
    table = read(session, LOGIT, terms=TERMS)
    output = checked(table, rules())

    assert table.description.residual_degrees_of_freedom == 496
    assert table.count(("All",), "n") == 500
    assert output.shown[("C(sex)[T.m]",), "coefficient"] is not None
    # five people have free meals: what stands on them is withheld, their number too
    assert output.shown[("C(fsm)[T.yes]",), "coefficient"] is None
    assert output.shown[("C(fsm)[T.yes]",), "n"] is None
    assert output.status != REFUSED


@pytest.mark.parametrize(
    ("uid", "more", "said"),
    [
        (MEANS, {}, "it holds LinearAggregations of points, without or beside the counts"),
        (SPREAD, {}, "it holds mean, std of points"),
        (SUMS, {}, r"one or two people make too much \(NKCheck, PPercentCheck\)"),
        (MARGINS, {}, "margins over several variables down its side are not whole"),
        (OLS, {}, r"there is no count of Intercept, C\(sex\)\[T.m\]. Write them in session.toml"),
        (OLS, {"terms": {"Intercept": 9, "C(sex)[T.m]": 9, "age": 9}}, "age is no term of it"),
        (COUNTS, {"terms": {"age": 9}}, r"\[terms\] are of a regression, and it is a table"),
        (HISTOGRAM, {}, "of a histogram output acro does not keep the counts"),
        (CUSTOM, {}, "of a custom output acro does not keep the counts"),
        (SUPPRESSED, {}, r"acro changed its numbers \(suppress\)"),
    ],
)
def test_what_does_not_hold_its_counts_is_refused_by_name(session, uid, more, said):
    with pytest.raises(OutputUnusableError, match=f"release: {uid}: .*{said}"):
        read(session, uid, **more)


def test_a_session_without_its_description_is_refused(session, tmp_path):
    with pytest.raises(OutputUnusableError, match=f"Bring {SESSION} beside its files"):
        acro_folder.read(only(session, tmp_path / "fin", COUNTS))


def test_all_that_is_wrong_with_a_session_is_told_at_once(session, tmp_path):
    folder = only(session, tmp_path / "fin", COUNTS, MEANS, OLS)
    (folder / SESSION).write_text(DESCRIBED, "utf-8")

    with pytest.raises(OutputUnusableError, match=f"(?s){MEANS}: .*{OLS}: "):
        acro_folder.read(folder)
    (folder / SESSION).write_text(f"{DESCRIBED}[outputs.output_99]\ntitle = 'x'\n", "utf-8")
    with pytest.raises(OutputUnusableError, match="describes output_99, which acro did not write"):
        acro_folder.read(folder)


def test_acro_itself_loads_the_folder_that_is_written(session, tmp_path):
    folder = only(session, tmp_path / "fin", COUNTS, LOGIT)
    terms = "".join(f'"{name}" = {people}\n' for name, people in TERMS.items())
    (folder / SESSION).write_text(f"{DESCRIBED}[outputs.{LOGIT}.terms]\n{terms}", "utf-8")
    assert [table.name for table in read_outputs(folder, rules())] == [COUNTS, LOGIT]
    config = load("local", lake_override(tmp_path / "lake"))
    with pytest.raises(ReleaseCorrectedError, match="withheld"):
        check.check(folder, config, "analyst", RunLog())
    (package,) = (config.release_path / "packages").iterdir()
    records = load_records(str(package / "record" / "acro")).results

    assert {record.status for record in records.values()} == {"review"}
    assert "[c]" in records[COUNTS].output[0].to_numpy()
    assert records[LOGIT].output_type == "regression"
