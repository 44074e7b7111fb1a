"""Report charts: the pictures of a run's report, each described for a given width in pixels.

Position carries each number and a label or shape names each colour, so that they read in
print and for the colour-blind. ``report_figures`` draws them.
"""
