"""The pages of the lab: an experiment of ``patterns.lab`` for readers, below the address of the entry that it is of.

An address holds all that a run depends on (``request``). A run is computed once, one at a time in each process, drawn
(``figures``), and kept (``runs``); the sweeps of presets come from the repository. ``page`` puts it together with the
program (``source``); ``index`` lists all experiments. Programs get the same run from ``patterns.api.lab``.
"""
