"""spark-submit's door to `attainment-linkage run`: the same options, the same function."""

import sys

from attainment_linkage.cli import main

main(["run", *sys.argv[1:]])
