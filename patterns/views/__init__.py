"""The public pages, and the same data to take away.

``pages`` lists every address once. A view loads, makes one call into the layer below, and renders with ``rendering``;
``freshness`` says how long an answer is good, ``errors`` what an address says that shows no entry. What readers may see
is one method of the querysets, ``published``: no view decides it.
"""
