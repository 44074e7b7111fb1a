"""Review: clerical review by people, who decide pairs that are drawn from a run.

``sample`` draws a batch (``stratified`` the first, ``informative`` the later ones), ``page`` and
``reading`` take the decisions in, ``measure`` and ``train`` say and keep what follows from them.
"""
