"""Source text with its words marked, in the few classes that the style sheet knows."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.filter import Filter
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Text

# What is marked; everything else is plain text, which keeps the page small. The words are those of the style sheet.
MARKED = (Comment, String, Keyword, Operator.Word, Number, Name.Function, Name.Class, Name.Decorator)
# By what an example says of its language; what is not among these stays plain.
# No lexer here hands parts of a text to others.
LANGUAGES = ("bash", "ini", "json", "nginx", "python", "sql", "toml", "yaml")
# Of an example; longer ones stay plain, as lexers may take time in the square of a text: the worst that was found,
# blank lines in Python, took 0.1 s at this length and 0.35 s at twice of it.
MARKED_LENGTH = 3_000


class KnownTokens(Filter):
    """Leaves of each token's kind what the style sheet knows."""

    def filter(self, lexer: Any, stream: Any) -> Iterator[Any]:
        for kind, text in stream:
            yield next((one for one in MARKED if kind in one), Text), text


@lru_cache(maxsize=256)
def highlighted(text: str, language: str) -> SafeString:
    """HTML of a text, without a ``pre`` around it; of a language that is not known, and of a long text, it is plain."""
    lexer = get_lexer_by_name(language if language in LANGUAGES else "text", stripnl=False)
    lexer.add_filter(KnownTokens())
    html = highlight(text, lexer, HtmlFormatter(nowrap=True, classprefix="code-"))  # which escapes
    return mark_safe(html)  # nosec B308, B703
