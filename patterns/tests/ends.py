"""The end of an exported file, which counts its entries: mended as a person would who added some or took some out."""

import re


def counted(text: str) -> str:
    """The file with its end saying how many entries it holds, and standing last."""
    body, end = re.subn(r"\n?\[end\]\nentries = [0-9]+\n", "", text)
    return f"{body.rstrip()}\n\n[end]\nentries = {body.count('[[items]]')}\n" if end else text
