"""Project: where the files beside the package are, ``conf/`` and ``expectations/``.

They are the owner's, at the top level of the project, not inside the package. They are
looked for in the folder named by the environment variable ATTAINMENT_LINKAGE_HOME, then in
the tree this package is installed from, in the working folder, and last where a wheel puts
them: ``share/attainment-linkage`` of the environment.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from attainment_linkage.domain.errors import ConfigError

HOME_VARIABLE = "ATTAINMENT_LINKAGE_HOME"


def project_folder() -> Path:
    """The folder that holds ``conf/base.toml``.

    Raises:
        ConfigError: none of the places has it.
    """
    source_tree = Path(__file__).resolve().parents[3]
    given = os.environ.get(HOME_VARIABLE)
    installed = Path(sys.prefix) / "share" / "attainment-linkage"
    places = [Path(given)] if given else [source_tree, Path.cwd(), installed]
    for place in places:
        if (place / "conf" / "base.toml").is_file():
            return place
    raise ConfigError(
        f"configuration: conf/base.toml was not found in {' or '.join(map(str, places))}. "
        f"Run in the project's folder, or set {HOME_VARIABLE} to it."
    )


def conf_folder() -> Path:
    """The folder of the configuration files."""
    return project_folder() / "conf"


def expectations_folder() -> Path:
    """The folder of the gates' suites."""
    return project_folder() / "expectations"
