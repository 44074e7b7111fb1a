"""spark-submit's door to `attainment-linkage provision`: the same options, the same function."""

import sys

from attainment_linkage.cli import main

main(["provision", *sys.argv[1:]])
