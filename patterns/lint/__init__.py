"""Editorial checks: an entry may be valid and still not good. Pure functions, one for each rule.

An error is something that no reader should meet, a warning something that an editor must look at, a hint something
that may be right as it is. What is said stands in ``ranges`` (how much of what), ``wording``, ``sections``,
``likeness``, ``letters``, ``relations``, ``sources`` and ``syntax``; ``rules`` lists the rules and runs them.
"""
