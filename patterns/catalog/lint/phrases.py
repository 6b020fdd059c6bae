"""Phrases that say nothing, or say it at length; all small, and words that tell a passive sentence."""

from patterns.catalog.lint.manuscript import words_of


def listed(text: str) -> list[str]:
    """The phrases of a text, one behind each semicolon."""
    return [" ".join(phrase.split()) for phrase in text.split(";")]


FILLERS = listed(
    """in today's world; in today's fast-paced; in the modern world; in the world of; ever-evolving; ever-changing;
    fast-paced; it is important to note; it's important to note; it is worth noting; it's worth noting;
    it is worth mentioning; it should be noted; please note that; needless to say; it goes without saying;
    as we all know; as everyone knows; at the end of the day; when it comes to; first and foremost; last but not least;
    plays a crucial role; plays a vital role; plays a key role; plays an important role; in conclusion; in summary;
    in a nutshell; robust and scalable; scalable and robust; cutting-edge; bleeding-edge; state-of-the-art; world-class;
    best-in-class; best of breed; seamless; seamlessly; leverage; leverages; leveraging; game changer;
    game-changing; empower; empowers; empowering; synergy; synergies; holistic; paradigm shift; revolutionize;
    revolutionizes; revolutionary; blazing fast; blazingly fast; lightning fast; supercharge; harness the power;
    unlock the power; unlock the potential; unleash; delve into; dive into; deep dive; a plethora of; a myriad of;
    a wide variety of; turnkey; future-proof"""
)
WORDY = {
    "in order to": "to",
    "due to the fact that": "because",
    "in the event that": "if",
    "for the purpose of": "for",
    "with regard to": "about",
    "with respect to": "of, or for,",
    "in terms of": "in, or by,",
    "a number of": "some, or how many,",
    "the majority of": "most",
    "at this point in time": "now",
    "has the ability to": "can",
    "have the ability to": "can",
    "is able to": "can",
    "are able to": "can",
    "make use of": "use",
    "makes use of": "uses",
    "utilize": "use",
    "utilizes": "uses",
    "utilizing": "using",
    "prior to": "before",
    "subsequent to": "after",
    "basically": "nothing",
    "actually": "nothing",
    "obviously": "nothing",
    "of course": "nothing",
}
BEING = frozenset(words_of("is are was were be been being"))
BETWEEN = frozenset(words_of("not never yet also then only often always still again first later all both"))
IRREGULAR = frozenset(
    words_of(
        """begun bought brought built caught chosen cut done drawn driven found given held hidden kept known led left
        lost made meant met paid put read run said seen sent set shown shut split spread taken taught thought told
        understood won written"""
    )
)
