"""Words as searches compare them: the same for what is indexed and for what readers type, whatever the database.

A word counts by its stem, so that "retries" finds "retry". Scripts without spaces between words are cut into pairs of
characters. What the search knows of English beyond endings stands in ``words.toml``.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final

from snowballstemmer.english_stemmer import EnglishStemmer

from patterns.document.prose import folded
from patterns.document.text import name_key

WORD_LENGTH: Final = 40  # longer ones are no words that somebody meant to type
KEY_LENGTH: Final = 80  # of a whole name; what is longer is told by its digest
WORDS: Final = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
STOP_WORDS: Final = frozenset(WORDS["stop_words"].split())
WEAK_WORDS: Final = frozenset((*WORDS["weak_words"].split(), *WORDS["trade_words"].split()))
IRREGULAR: Final[dict[str, str]] = {form: base for base, forms in WORDS["irregular"].items() for form in forms.split()}
# Names whose signs are all that tells them from other words.
SIGNED: Final[dict[str, str]] = WORDS["signed"]
SIGNED_WORD = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, SIGNED))})(?![^\W_])", re.IGNORECASE)
# Endings that an apostrophe takes to a word; the apostrophe is typed in several ways.
SHORTENED = re.compile(r"(?<=[^\W_])['\u2019\u02bc\uff07](?=(?:s|t|d|m|ll|re|ve)(?![^\W_]))", re.IGNORECASE)
JOINT = r"[-\u2010-\u2014\u2212/'\u2019\u02bc\uff07.&]"
COMPOUND = re.compile(rf"(?<![^\W_])[^\W_]+(?:{JOINT}[^\W_]+)+")  # looked for where words begin, and nowhere else
# Thai and Lao, Burmese, Khmer, kana, Han, Hangul.
UNSPACED_SIGN: Final = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
UNSPACED = re.compile(f"({UNSPACED_SIGN}+)")
ENGLISH, LOCK = EnglishStemmer(), Lock()


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """What a folded word has in common with its other forms."""
    word = IRREGULAR.get(word, word)
    if not word.isascii():
        return word
    with LOCK:  # it keeps the word that it works on
        return str(ENGLISH.stemWord(word))


def words(text: str) -> list[str]:
    """Its plain words; a name with signs ("C++") is one of its own, and an apostrophe parts no word."""
    if "+" in text or "#" in text or "." in text:
        text = SIGNED_WORD.sub(lambda found: SIGNED[found[0].lower()], text)
    if "'" in text or not text.isascii():
        text = SHORTENED.sub("", text)
    return [word[:WORD_LENGTH] for word in plain_words(text)]


def plain_words(text: str) -> list[str]:
    """The folded words of a text; a run of a script without spaces is one word, and apart from others."""
    plain = folded(text)
    return (plain if plain.isascii() else UNSPACED.sub(r" \1 ", plain)).split()


def compounds(text: str) -> Iterator[str]:
    """The words that hyphens, slashes and the like join, as one each: "pub/sub" is found as "pubsub", too."""
    for found in COMPOUND.finditer(text):
        joined = "".join(words(found[0]))
        if len(joined) <= WORD_LENGTH and not is_unspaced(joined):
            yield joined


def is_unspaced(word: str) -> bool:
    return not word.isascii() and UNSPACED.match(word) is not None


def pairs(run: str) -> list[str]:
    """The characters of a run two by two; of one alone, itself."""
    return [run[place : place + 2] for place in range(max(len(run) - 1, 1))]


def stems(text: str) -> Iterator[str]:
    """What a text can be found by, as often as it says it."""
    for word in words(text):
        if is_unspaced(word):
            yield from pairs(word)
            if len(word) > 1:
                yield word[-1]  # so that every character begins something
        else:
            yield stem(word)
    yield from map(stem, compounds(text))


ESCAPED = re.compile("zzx([0-9a-f]{5})")  # as no word begins


def token(text: str) -> str:
    """A word in letters and digits of ASCII, which every database reads alike; beginnings stay beginnings."""
    return text if text.isascii() else "".join(one if one.isascii() else f"zzx{ord(one):05x}" for one in text)


def from_token(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "zzx" in text else text


def whole_key(name: str) -> str:
    """What makes a name the one that was typed: its words, however they are spaced, joined, accented and capitalised.

    Of a name without words, its signs.
    """
    key = token("".join(words(name))) or name_key(name).encode().hex()
    return key if len(key) <= KEY_LENGTH else sha256(key.encode()).hexdigest()
