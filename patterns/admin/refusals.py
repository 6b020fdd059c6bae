"""Refusals of ``sync`` on the form that was sent: each beside its field, in words."""

from typing import Any

from django import forms

from patterns.document.problems import InvalidCatalog, Problem


def show_refusal(form: Any, refusal: InvalidCatalog) -> None:
    for problem in refusal.problems:
        form.add_error(field_of(form, problem), words_of(form, problem))


def field_of(form: forms.ModelForm, problem: Problem) -> str | None:
    """The form's field for a document's key; None for keys that are edited as rows."""
    name = problem.key.replace("origin.", "origin_").partition("[")[0]
    return name if name in form.fields else None


def words_of(form: forms.ModelForm, problem: Problem) -> str:
    sentence = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    return sentence if field_of(form, problem) else f"{problem.key}: {sentence}".removeprefix(": ")
