"""spark-submit's door to `attainment-linkage analyse`: the same options, the same function."""

import sys

from attainment_linkage.cli import main

main(["analyse", *sys.argv[1:]])
