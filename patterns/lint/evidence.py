"""What backs an entry, and what one can do with it: evidence, references, known uses, examples, steps."""

import ast
import configparser
import json
from collections.abc import Callable, Iterator
from warnings import catch_warnings, simplefilter

import tomli

from patterns.document.tables import LAB_PREFIX, Consequence
from patterns.document.text import name_key, shortened
from patterns.lint.finding import Catalogue, Remark
from patterns.lint.manuscript import Manuscript

EXAMPLE_LINES = 40


def unresolved_evidence(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    """What names no reference of the entry, and no figure of the lab that shows it."""
    for number, consequence in enumerate(one.entry.consequences, 1):
        for name in consequence.evidence:
            if wrong := reason_against(name, consequence, one, catalogue):
                keys = ", ".join(reference_keys(one)) or "none yet"
                figure = "name a figure of the lab that shows it, or leave it out"
                hint = figure if name.startswith(LAB_PREFIX) else f"name one of {keys}, or give the reference that key"
                yield Remark(f"consequences[{number}].evidence", f"{shortened(name)!r} {wrong}", hint)


def reason_against(name: str, consequence: Consequence, one: Manuscript, catalogue: Catalogue) -> str:
    """Why evidence backs nothing; nothing if it does."""
    if name.startswith(LAB_PREFIX):
        return catalogue.cited(one.entry.slug, name.removeprefix(LAB_PREFIX), consequence.sign)
    return "" if name in reference_keys(one) else "is the key of no reference"


def no_evidence(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    """A gain or cost of which nothing that it names can be found."""
    for number, consequence in enumerate(one.entry.consequences, 1):
        if all(reason_against(name, consequence, one, catalogue) for name in consequence.evidence):
            message = "is the editor's judgement: nothing backs it"
            yield Remark(f"consequences[{number}]", message, "name a reference that says it, or a figure of the lab")


def unused_reference(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    """One that backs nothing, by nobody who named it or described it first; where nothing is backed yet, none."""
    used = {name for consequence in one.entry.consequences for name in consequence.evidence}
    for number, reference in enumerate(one.entry.references, 1) if used else ():
        if not reference.primary and reference.key not in used:
            hint = "name it as the evidence of what it says, or leave it out"
            yield Remark(f"references[{number}]", f"{reference.title!r} backs nothing here", hint)


def reference_keys(one: Manuscript) -> list[str]:
    return [reference.key for reference in one.entry.references if reference.key]


def use_without_source(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for number, use in enumerate(one.entry.known_uses, 1):
        if not use.url:
            yield Remark(f"known_uses[{number}]", f"nobody says so of {use.who!r}", "name the address where it is said")


# Examples: what no test can run or parse is not worth more than its author's word.

NO_SECTION = "\N{SYMBOL FOR NULL}"  # names what the settings of many programs begin with, outside any section


def parsed_ini(text: str) -> None:
    configparser.ConfigParser(interpolation=None).read_string(f"[{NO_SECTION}]\n{text}")


def parsed_python(text: str) -> None:
    with catch_warnings():
        simplefilter("ignore")  # a warning about our reader's code, and not about this program
        ast.parse(text)


PARSERS: dict[str, Callable[[str], object]] = {
    "ini": parsed_ini,
    "json": json.loads,
    "python": parsed_python,
    "toml": tomli.loads,
}
# Those that take a program of their own to be read, which the tests of the catalogue have.
TESTED = ("bash", "http", "nginx", "sql", "yaml")


def example_untested(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for number, example in enumerate(one.entry.examples, 1):
        if example.language.lower() not in (*PARSERS, *TESTED):
            known = ", ".join(sorted((*PARSERS, *TESTED)))
            message = f"{example.title!r} is in {example.language!r}, which nothing here runs or parses"
            yield Remark(f"examples[{number}].language", message, f"write it in one of {known}")


def example_broken(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for number, example in enumerate(one.entry.examples, 1):
        parser = PARSERS.get(example.language.lower())
        try:
            if parser:
                parser(example.code)
        except (ValueError, SyntaxError, configparser.Error, RecursionError, MemoryError) as error:
            reason = " ".join(str(error).split()) or "it is nested too deeply"
            message = f"{example.title!r} is no {example.language}: {reason}"
            yield Remark(f"examples[{number}].code", message, "mend it, and run it once")


def long_example(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for number, example in enumerate(one.entry.examples, 1):
        count = example.code.count("\n") + 1
        if count > EXAMPLE_LINES:
            message = f"{example.title!r} has {count} lines"
            yield Remark(f"examples[{number}].code", message, f"show the {EXAMPLE_LINES} that matter at most")


# Steps that say which way they belong to, and how they fail.


def unknown_variant(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    names = {name_key(variant.name): variant.name for variant in one.entry.variants}
    for number, step in enumerate(one.entry.steps, 1):
        if step.variant and name_key(step.variant) not in names:
            hint = f"name one of {', '.join(names.values())}" if names else "add the variant, or leave it out"
            yield Remark(f"steps[{number}].variant", f"there is no variant {step.variant!r}", hint)


def vague_failure(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for number, step in enumerate(one.entry.steps, 1):
        if step.kind == "fail":
            hint = "say crash (it dies or is gone), silence (no answer, lost) or refusal (it says no, and may)"
            yield Remark(f"steps[{number}].kind", f"{step.message!r} fails, and nobody says how", hint)
