"""spark-submit's door to `attainment-linkage standardise`: the same options, the same function."""

import sys

from attainment_linkage.cli import main

main(["standardise", *sys.argv[1:]])
