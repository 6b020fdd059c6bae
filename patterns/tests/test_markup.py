import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.document.prose import Target
from patterns.markup import TAGS, html_of

TARGETS = {"06": Target("Saga & Co", "/patterns/saga/"), "a.b-7": Target("Outbox", '/"><script>')}
SAGA = '<a href="/patterns/saga/">'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>\n"),
        ("*a* and **b**", "<p><em>a</em> and <strong>b</strong></p>\n"),
        ("call `f(x)`", "<p>call <code>f(x)</code></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. c\n4. d", '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>\n'),
        ("```toml\na = 1\n```", "<pre><code>a = 1\n</code></pre>\n"),
    ],
)
def test_paragraphs_emphasis_code_and_lists_are_marked_up(text: str, html: str):
    assert html_of(text) == html


@pytest.mark.parametrize(
    "text", ["# Heading", "[a](https://example.org)", "![a](x.png)", "<b>bold</b>", "> quoted", "---", "<https://a.b>"]
)
def test_everything_else_stays_the_text_that_was_typed(text: str):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert html_of(text) == f"<p>{escaped}</p>\n"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[[06]]", f"{SAGA}Saga &amp; Co</a>"),
        ("[[06|undo]]", f"{SAGA}undo</a>"),
        ("[[06| ]]", f"{SAGA}Saga &amp; Co</a>"),
        ("*[[06|a*b]]*", f"<em>{SAGA}a*b</a></em>"),
        ("[[06|<script>]]", f"{SAGA}&lt;script&gt;</a>"),
        ("[[[06]]]", f"[{SAGA}Saga &amp; Co</a>]"),
        ("[[a.b-7]]", '<a href="/%22%3E%3Cscript%3E">Outbox</a>'),
    ],
)
def test_links_lead_to_entries(text: str, html: str):
    assert (
        html_of(text, targets=TARGETS).replace("&quot;&gt;&lt;script&gt;", "%22%3E%3Cscript%3E") == f"<p>{html}</p>\n"
    )


@pytest.mark.parametrize(("text", "html"), [("[[07]]", "07"), ("[[07|<b>]]", "&lt;b&gt;")])
def test_a_link_to_an_unknown_entry_is_its_words_or_its_code(text: str, html: str):
    assert html_of(text, targets=TARGETS) == f"<p>{html}</p>\n"


@pytest.mark.parametrize(
    "text", ["[[]]", "[[06", "[[06]", "[06]", "[[ 06 ]]", "[[06|]]", "[[06|a\nb]]", "[[06|[[06]", "[[0/6]]", "[[06]\n]"]
)
def test_what_is_no_whole_link_stays_text(text: str):
    assert html_of(text, targets=TARGETS) == f"<p>{text}</p>\n"


@pytest.mark.parametrize(("text", "html"), [("`[[06]]`", "<code>[[06]]</code>"), (r"\[[06]]", "[[06]]")])
def test_in_code_and_behind_a_backslash_nothing_is_a_link(text: str, html: str):
    assert html_of(text, targets=TARGETS) == f"<p>{html}</p>\n"


PIECES = st.sampled_from([*"<>&\"'`*_-+123. \n[]()!#\\|=:x", "[[", "]]", "[[06]]", "[[06|", "<script>", "javascript:"])


@given(st.lists(PIECES, max_size=80).map("".join))
def test_no_other_tag_or_attribute_comes_out(text: str):
    html = html_of(text, targets={"06": TARGETS["06"]})

    opened = {piece.partition(">")[0].strip("/") for piece in html.split("<")[1:]}
    assert {tag for tag in opened if not tag.startswith('ol start="')} <= TAGS | {'a href="/patterns/saga/"'}


BRACKETS = ["[", "]", "[[", "]]", "[[06|", "[[06|x", "[[06]", "[[06]]", "[[06|[[", "`[[06]]", "[[06|`", "\\["]


@pytest.mark.parametrize(
    "piece", ["*a ", "`", "`a", "**", "- ", "1. ", "**a*", "&", "\\", "a\n", "\n- a", " - a\n  ", *BRACKETS]
)
def test_the_longest_text_takes_no_time(piece: str):
    started = time.process_time()

    html_of(piece * (20_000 // len(piece)))

    assert time.process_time() - started < 2
