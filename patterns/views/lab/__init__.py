"""The pages of the lab: an experiment of ``patterns.lab`` for readers, below the address of the entry that it is of.

An address holds all that a run depends on (``asked``). A run is computed once, drawn, and kept (``runs``), one at a
time in each process (``turns``); the sweeps of presets come from the repository (``sweeps``). What pages show is made
here as values and drawings (``figures``, ``charts``, ``timelines``, ``form``, ``source``) and put together by ``page``,
``index`` and ``data``.
"""
