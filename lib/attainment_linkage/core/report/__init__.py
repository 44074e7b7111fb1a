"""What a run's report shows: plain data, made from counts, with small counts left out."""
