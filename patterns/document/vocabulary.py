"""The closed lists of words that an entry may use. The file, the tables and the pages all say the same word."""

from typing import Literal, get_args

Kind = Literal["pattern", "style"]
Concern = Literal["data", "calls", "change", "load", "people"]
Status = Literal["draft", "review", "published", "retired"]
Sign = Literal["gain", "cost"]
StepKind = Literal["call", "reply", "event", "store", "crash", "silence", "refusal", "fail"]
Quality = Literal[
    "availability",
    "latency",
    "throughput",
    "consistency",
    "durability",
    "scalability",
    "evolvability",
    "interoperability",
    "operability",
    "security",
    "cost",
    "testability",
]
RelationType = Literal[
    "requires",
    "uses",
    "leads to",
    "weakened by",
    "variant of",
    "complements",
    "alternative to",
    "often confused with",
]

KINDS: tuple[str, ...] = get_args(Kind)
CONCERNS: tuple[str, ...] = get_args(Concern)
STATUSES: tuple[str, ...] = get_args(Status)
SIGNS: tuple[str, ...] = get_args(Sign)
STEP_KINDS: tuple[str, ...] = get_args(StepKind)
QUALITIES: tuple[str, ...] = get_args(Quality)
RELATION_TYPES: tuple[str, ...] = get_args(RelationType)

VERDICTS = ("use", "avoid")
DOCUMENTS = ("header", "category", "entry")
ORIGINS = ("admin", "import", "restore", "proposal", "setup")
RESOLUTIONS = ("fail", "keep", "take")

INVERSE: dict[str, str] = {
    "requires": "required by",
    "uses": "used by",
    "leads to": "follows from",
    "weakened by": "weakens",
    "variant of": "has variant",
    "complements": "complements",
    "alternative to": "alternative to",
    "often confused with": "often confused with",
}
SYMMETRIC = frozenset(forward for forward, inverse in INVERSE.items() if forward == inverse)

# What is said of an entry in this state: "it is …".
STATE_WORDS: dict[str, str] = {
    "draft": "a draft",
    "review": "in review",
    "published": "published",
    "retired": "retired",
}

# What each of them means, in the words of somebody who has the trouble and knows no pattern's name yet.
CONCERN_MEANINGS: dict[str, str] = {
    "data": "What is stored or shown is wrong, late or missing.",
    "calls": "One part waits for another, or fails with it.",
    "change": "A change is slow or risky, or it breaks somebody else.",
    "load": "There is more to do than the system can carry.",
    "people": "Teams, owners and partners get in each other's way.",
}
