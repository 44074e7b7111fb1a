"""spark-submit's door to `attainment-linkage deduplicate`: the same options, the same function."""

import sys

from attainment_linkage.cli import main

main(["deduplicate", *sys.argv[1:]])
