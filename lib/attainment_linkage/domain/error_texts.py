"""Error texts: of each code its cause and its cure, a line each: ``CODE | cause | cure``.

The one source: ``attainment-linkage explain CODE`` says it, the README's table shows it, and
a test holds the codes here against the classes. In the order of the exit codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_TEXTS = """
LINKAGE_ERROR | the kind all others are of; never raised itself | report it: an error without its own code is a fault of the code
CONFIG_REFUSED | a key of conf/ is unknown, missing, of the wrong type or out of bounds | mend every line the message lists; the meaning of each key is in `conf/README.md`
SPEC_REFUSED | the specification of link-files names an unknown role, key or column | mend every line the message lists; the example in `conf/README.md` shows the form
RULE_REFUSED | a blocking rule or matchkey cannot be read, or names a column that is not there | write it as in the example in `conf/README.md`
PAIR_UNKNOWN | `why` was asked about an id that is of no record of its side | give attainment_id, then census_id, as the links have them
RUN_UNKNOWN | a run is asked about that was not published in this lake, or was destroyed | give two of the runs the message lists
INPUT_REFUSED | a delivered file breaks a rule that has no code of its own | do what the message says, or ask the supplier for the file again
INPUT_MISSING | a delivered file is not where the configuration says | put it there, or give its path in the section `ingest`
INPUT_UNREADABLE | a file cannot be opened, is cut short, or is not CSV, gzip or Parquet as stated | check rights and format; deliver it again if it is damaged
INPUT_EMPTY | a file has no rows | ask the supplier: an empty delivery is never taken for nothing to do
INPUT_ENCODING | a file is not in its stated encoding; the message has the place of the first wrong byte | state its true encoding in the section `ingest`
INPUT_COLUMNS | a declared column is missing, doubled or of a type that cannot be read; one more is there, or a header of another order among the rows | compare the head of the file with the declared columns in the message
INPUT_NOT_UNIQUE | an id that must be unique stands on more than one row | name the column that is unique, or remove the doubles
COLUMNS_MISSING | a table lacks a column that a step needs | compare it with its declaration in the package's `domain` folder
TABLE_MISSING | a stage's input has not been made yet | run the stage before it, or `run`
ZONE_FORBIDDEN | a job asked for a root that its stage may not open | run the stage that may; `domain/road.py` says which
KEY_REFUSED | the file of a secret key is a link, not a file, cannot be read, or is in the way of a new one | give the path of the file itself, which this user may read; a new key needs a new path
KEY_MISSING | the file of a secret key is not on this machine | ask the keeper of the key to put it there; a destroyed key's ids cannot be made again
KEY_EXPOSED | a key that others may read or replace, of another owner, or in the lake or the project | keep it on a secret volume, mode 0400, folder 0700; make a new one where it was open
KEY_WEAK | a key that is not 32 random bytes | `attainment-linkage key new PATH`
AUDIT_BROKEN | the audit log is not as it was written: a line changed, taken out, moved or cut off | keep it as it is, find out who could write there, restore it from its backup
PURGE_REFUSED | the run to destroy is the published one, is not in this lake, or a manifest of the published one is damaged | do what the message says: publish another run, run the road again, say `--published`, or give a run there is
GATE_FAILED | a critical expectation failed; the table was not published | read the expectation in `expectations/` and the counts in the message; mend the data before it
GATE_BROKEN | a gate ran fewer expectations than its file declares, or its file is broken | mend the file in `expectations/`
RUNS_MIXED | tables, or the published pointers of two roots, are of different runs: one was cut short | `run`: it goes on where it stopped and publishes every root
TABLE_CONFLICT | rows of a table were changed by somebody else while it was written; nothing was committed | find out who writes in the lake beside its runs; then run again
TRANSACTION_CONFLICT | the same stage was written twice at once, so a lock was broken; one of the two won | wait for the other run to end; then run again
SCHEMA_CONFLICT | a table was made, or its columns or properties changed, by somebody else while it was written | as for TABLE_CONFLICT
MEMORY_FULL | the heap, a worker, a result or DuckDB outgrew its bound; nothing of the stage was published | raise the bound the message names, or lower `link.bucket_pairs`; then run again, it resumes
ENVIRONMENT_FAULT | the session or the machine is not what the road needs | do what the message says
JAVA_MISSING | Java 17 or 21 is not there | install one, or set JAVA_HOME
DELTA_MISSING | the session was started without Delta's jars | give spark-submit `--properties-file conf/spark-defaults.conf`
HEAP_TOO_SMALL | the driver's heap is below the configured one | as for DELTA_MISSING, or lower `spark.driver_memory_gib`
LAKE_UNWRITABLE | a root of the lake cannot be made or written | give `--lake` a folder of your own, or mend its rights
DISK_FULL | there is no room for a table, a manifest or Spark's own files | make room, or give `--lake` another disk; then run again, it resumes
RUN_LOCKED | another run holds the lake, the output folder or the register; the message says which host and process | wait for it; a dead run of this host is taken over; of another host by `--break-lock`, or by removing the lock that the message names
STORE_UNSUPPORTED | the lake lies on a store without atomic pointers | use a POSIX file system
RELEASE_CORRECTED | outputs are packed with numbers withheld or rounded; this is not a failure | read `record/form.md` of the package, then have it decided
RELEASE_REFUSED | a rule refuses an output, or it gives something away with earlier ones | do what the message says: other codes, another filter, or the cells to withhold
OUTPUT_UNUSABLE | an output brought to be checked has no description, or is not as described | bring what the message says; the form is in `conf/README.md`, Outputs
DECISION_REFUSED | a package is decided by who brought it, without a reason, or a second time; or its file was not written by its analyst | ask a checker; give `--reason`; have it handed over by who checked it
PACKAGE_BROKEN | a release package or register entry is not there or not as it was written | check the outputs again; restore the register from its backup
RATE_UNREACHABLE | even the strongest links are expected to be false more often than the stated rate allows | state a higher `false_link_rate`, or leave it out and let `accept_bits` decide
PLAN_OVER_BUDGET | the blocking rules form more candidate pairs than the budget allows; nothing was run | add an equality to the rule the message names, list a default value, or raise the budget
NO_CANDIDATES | the blocking rules form no pair | check that both sides fill the rules' columns, in the same form
TRAINING_FAILED | the model cannot be trained on this input | give more records or more roles; the message says what was lacking
REVIEW_REFUSED | decisions on unknown pairs, contradicting ones, another run's sample, or no sample of this run | correct what the message counts; nothing was taken in or overwritten
REVIEW_BUSY | this reviewer's page is open elsewhere, or the port is taken | close the other page's server, or leave out `--port`
BUCKET_TOO_LARGE | one value of a key is shared by more records than a task may hold | list it as a default value, add an equality to the rules of that key, or raise `bucket_rows` and `task_memory_mib`
MODEL_REFUSED | the saved model of `link.model` is broken, or compares other columns | restore it, or leave `link.model` empty: `link` then trains
MODEL_DRIFTED | these records agree otherwise than those the saved model was trained on | train anew, or raise `link.largest_drift`
STAGE_FAILED | anything else; the message has the kind of fault and no row values | run the stage again; if it stays, report it with the run's manifest
COUNTS_DIFFER | records in are not records out and set aside | report it with the run's manifest: something was lost or doubled
REGISTER_REFUSED | the register of projects names what there is not, or is not of its form | mend every line the message lists; the form is in `conf/README.md`
APPLICATION_INCOMPLETE | an application lacks what is needed to decide on it | add every line the message lists
PROJECT_REFUSED | a project that is unknown, unapproved or expired, or a user who is not of it | do what the message says: apply, renew, or be accredited
EXTRACT_REFUSED | an extract held what could identify somebody (it was destroyed), or is not as its manifest says | find the column or file the message names; mend the table it comes from, or provision again
SCRIPT_FAILED | a researcher's script ended with an error | read what it said in the staging folder the message names
ANALYSIS_REFUSED | a table of `conf/analysis.toml` cannot be made as it is written, or a model of it does not settle | mend every line the message lists; the keys are in `conf/README.md`
"""


@dataclass(frozen=True)
class ErrorText:
    """What is behind a code, and what to do about it. Both without a full stop."""

    code: str
    cause: str
    cure: str


def _read() -> Iterator[ErrorText]:
    for line in _TEXTS.strip().splitlines():
        code, cause, cure = line.split(" | ")
        yield ErrorText(code, cause, cure)


TEXTS: Mapping[str, ErrorText] = {text.code: text for text in _read()}
