"""The text under a field is found wherever its class stands."""

from __future__ import annotations

from floe_ls.schema.docstrings import field_docs
from floe_ls.schema.section import Section


class Outer(Section):
    """The object itself."""

    first: int = 0
    """What comes first.

    And more of it."""
    second: int = 0
    third: int = 0
    """What comes third."""

    class Inner(Section):
        only: str = ""
        """Inside."""


def test_each_field_has_the_text_under_it() -> None:
    assert field_docs(Outer) == {
        "first": "What comes first.\n\nAnd more of it.",
        "third": "What comes third.",
    }


def test_a_class_inside_another_or_inside_a_function_is_found() -> None:
    class Local(Section):
        here: int = 0
        """In a function."""

    assert field_docs(Outer.Inner) == {"only": "Inside."}
    assert Local.model_fields["here"].description == "In a function."


def test_models_hand_it_on_as_the_description_of_the_field() -> None:
    described = {name: field.description for name, field in Outer.model_fields.items()}
    assert described["third"] == "What comes third."
    assert described["second"] is None


def test_a_class_without_source_has_no_texts() -> None:
    made = type("Made", (), {"__module__": "nowhere"})
    assert field_docs(made) == {}
