"""spark-submit's door to `attainment-linkage detach`: the same options, the same function."""

import sys

from attainment_linkage.cli import main

main(["detach", *sys.argv[1:]])
