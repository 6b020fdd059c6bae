"""Letters that look like others: what a reader takes a name for, whatever alphabet it is typed in."""

# ruff: noqa: RUF001

import re
import unicodedata

from patterns.document.text import name_key

# The letters of the alphabets beside which Latin is typed that look like one Latin letter, after confusables.txt of
# Unicode's UTS 39. Its other thousands are in scripts that nobody mixes in unseen, or are folded by the key anyway.
LOOK_ALIKES = {
    **{"A": "ΑАᎪ", "B": "ΒВᏴꞴ", "C": "СᏟ", "D": "Ꭰ", "E": "ΕЕᎬ", "F": "ϜꞘ", "G": "ԌᏀᏳ", "H": "ΗНᎻ", "I": "ƖΙІӀ"},
    **{"J": "ͿЈᎫꞲ", "K": "ΚКᏦ", "L": "Ꮮ", "M": "ΜϺМᎷ", "N": "Ν", "O": "ΟОՕ", "P": "ΡРᏢ", "R": "ƦᎡᏒ"},
    **{"S": "ЅՏᏕᏚ", "T": "ΤТᎢ", "U": "Ս", "V": "ѴᏙ", "W": "ԜᎳᏔ", "X": "ΧХꞳ", "Y": "ΥУҮᎩᎽ", "Z": "ΖᏃ"},
    **{"a": "ɑαа", "b": "ƄЬᏏ", "c": "сᴄꮯ", "d": "ԁᏧ", "e": "еҽꬲ", "f": "ƒքẝꞙꬵ", "g": "ƍɡցᶃ", "h": "һհᏂ"},
    **{"i": "ıɩɪιіւᎥꙇꭵ", "j": "ϳј", "l": "ǀӏ", "n": "ոռ", "o": "οσоօᴏᴑꬽ", "p": "þƿρϸр", "q": "ԛգզ"},
    **{"r": "гᴦꭇꭈꮁ", "s": "ƽѕꜱꮪ", "u": "ʋυսᴜꞟꭎꭒ", "v": "νѵᴠꮩ", "w": "ɯшѡԝաᴡꮃ", "x": "х", "y": "ɣʏγуүᶌỿꭚ", "z": "ᴢꮓ"},
}
LATIN = str.maketrans({other: letter for letter, others in LOOK_ALIKES.items() for other in others})
STROKES = str.maketrans("1|i0", "lllo")  # once case is folded, a capital i is one as well
ALPHABETS = {"ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "GREEK", "LATIN"}
WORD = re.compile(r"[^\W\d_]+")


def look(name: str) -> str:
    """What two names share that cannot be told apart by sight; UTS 39 calls it a skeleton."""
    seen = name if name.isascii() else unicodedata.normalize("NFD", name).translate(LATIN)
    return name_key(seen).replace("rn", "m").translate(STROKES)


def mixed_word(name: str) -> tuple[str, list[str]] | None:
    """The first word with letters of more than one alphabet, and these alphabets."""
    for word in () if name.isascii() else WORD.findall(name):
        alphabets = {unicodedata.name(letter, "").partition(" ")[0] for letter in word} & ALPHABETS
        if len(alphabets) > 1:
            return word, sorted(alphabet.capitalize() for alphabet in alphabets)
    return None
