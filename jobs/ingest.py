"""spark-submit's door to `attainment-linkage ingest`: the same options, the same function."""

import sys

from attainment_linkage.cli import main

main(["ingest", *sys.argv[1:]])
