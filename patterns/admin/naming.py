"""What a new entry may be called: the next free code, and the names that are so much like its own."""

from difflib import get_close_matches

from patterns.document.prose import folded
from patterns.lint.manuscript import GENERIC
from patterns.models import Pattern, Revision

ALIKE = 0.84
SHOWN = 3
TRIED = 50  # numbers behind the last one; more drafts in a row were never deleted


def next_code() -> str:
    """The number behind the last one that is in use, written like it; codes of deleted drafts are left alone."""
    numbers = Pattern.objects.filter(code__regex=r"^[0-9]{1,9}$").in_code_order()
    last = numbers.values_list("code", flat=True).last() or "00"
    codes = [str(int(last) + step).zfill(len(last)) for step in range(1, TRIED)]
    once = Revision.objects.filter(what=Revision.What.ENTRY, identity__in=codes)
    used = {*once.order_by().values_list("identity", flat=True)}
    return next((code for code in codes if code not in used), "")


def alike(name: str, *, code: str) -> list[tuple[str, str]]:
    """Code and name of the other entries whose name is nearly this one; the order of the words does not matter."""
    others: dict[str, tuple[str, str]] = {}
    for other, written in Pattern.objects.exclude(code=code).in_code_order().values_list("code", "name"):
        others.setdefault(core(written), (other, written))
    mine = core(name)
    return [others[one] for one in get_close_matches(mine, others, n=SHOWN, cutoff=ALIKE)] if mine else []


def core(name: str) -> str:
    """The words that tell a name from others, in one order."""
    words = folded(name).split()
    return " ".join(sorted(word for word in words if word not in GENERIC) or sorted(words))
