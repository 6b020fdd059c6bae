"""What whoever runs the site asks of it: a backup, a restore, another release, how it is.

A backup is a copy of one moment, taken beside those who write. Before it gets its name it is opened, and what it holds
is compared with what the database held at that moment: the number of the last change, counts, and the digest of the
whole export. A restore prepares the new database beside the present one and examines it there; only then one step
puts it in place, so that whoever is interrupted has the old one or the new one.
"""
