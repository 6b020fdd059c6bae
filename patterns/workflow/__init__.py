"""Who may do what to an entry, and how a change that may not be made at once waits for its review.

``rules`` is the permission matrix as data and one function, ``transitions`` the table of what moves an entry to another
state; ``standing`` finds what the rules ask; ``roles`` makes the groups; ``saving`` is the way from the admin to the
store that applies the rules under the catalogue's lock; ``proposals`` keeps what waits; ``notices`` says
who is told of it by mail, and ``outbox`` sends that later.
"""
