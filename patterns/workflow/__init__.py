"""Who may do what to an entry, and how a change that may not be made at once waits for its review.

``rules`` is the permission matrix as data and one function; ``roles`` makes the groups; ``saving`` is the way from the
desk to ``sync`` that applies the rules under the catalogue's lock; ``proposals`` keeps what waits.
"""
