"""Words: what a text is to search, the same for what is indexed and for what readers type."""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
ASCII = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else ord(" ") for code in range(256))


def folded(text: str) -> str:
    """The words of a text between spaces, without case, accents and punctuation."""
    if text.isascii():  # the common case, kept fast
        return text.encode().translate(ASCII).decode()
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join(WORD.findall(unicodedata.normalize("NFC", plain.casefold())))
