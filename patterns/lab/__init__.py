"""The failure lab: small models of systems, run without and with a pattern, under the same load and the same faults.

An experiment (``experiments``) asks a question of a system (``systems``): it says what is measured and compared, and
which presets are worth a look. The system says what can be set (``parameters``), makes its workload from a seed, lets
it run on SimPy through one of its sides (``simulation``), and answers with figures and, for the one run that is looked
at, with what happened (``trace``). A sweep repeats it over fixed seeds (``sweep``, with the statistics of ``measure``);
the verdict is a sentence computed from the paired differences (``verdict``), and ``golden`` keeps the sweeps of all
presets.

Every side meets the same requests: all that is random about a request is drawn together with it, before any side runs,
from one stream for each purpose. Time is in whole microseconds. So the same parameters and seed give the same bytes in
every process. Nothing here draws, and nothing here knows Django.
"""
