"""How widgets are drawn: by Jinja2 what Django's own templates would draw."""

import pytest
from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.contrib.auth.forms import ReadOnlyPasswordHashWidget
from django.forms.renderers import DjangoTemplates
from django.template import TemplateDoesNotExist
from pytest_django.asserts import assertHTMLEqual

from archsite.forms import FormRenderer

HOSTILE = "\"'><script>alert(1)</script>\n&amp;"


class Everything(forms.Form):
    text = forms.CharField(widget=AdminTextInputWidget(attrs={"list": "codes", "data-x": HOSTILE}), help_text="Help.")
    long = forms.CharField(widget=AdminTextareaWidget)
    number = forms.IntegerField(min_value=1, max_value=999, required=False)
    moment = forms.SplitDateTimeField(required=False)
    hidden = forms.CharField(widget=forms.HiddenInput)
    agreed = forms.BooleanField()
    one = forms.ChoiceField(choices=[("", "none"), ("group", [("a", "A"), (HOSTILE, HOSTILE)])])
    several = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple)
    secret = forms.CharField(widget=ReadOnlyPasswordHashWidget)  # has a template for Django's engine only


@pytest.mark.parametrize("value", ["a", HOSTILE, "", "1234567"])
def test_widgets_are_drawn_as_django_draws_them(value: str):
    typed = dict.fromkeys(("text", "long", "number", "moment_0", "hidden", "agreed", "one", "several"), value)

    assertHTMLEqual(str(Everything(typed, renderer=FormRenderer())), str(Everything(typed, renderer=DjangoTemplates())))


def test_a_template_that_nobody_has_is_an_error():
    with pytest.raises(TemplateDoesNotExist):
        FormRenderer().get_template("django/forms/widgets/none.html")
