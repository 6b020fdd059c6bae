"""What the catalogue was: every change records the documents it left behind, and any of them can be had back."""
