"""spark-submit's door to `attainment-linkage measure`: the same options, the same function."""

import sys

from attainment_linkage.cli import main

main(["measure", *sys.argv[1:]])
