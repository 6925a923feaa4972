"""The base of all models. Apart from what fields say, so that who reads shapes does without pydantic."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from floe_ls.schema.docstrings import field_docs
from floe_ls.schema.meta import Rules


class Section(BaseModel):
    """Base of every model. The text for users is the docstring under each field; a class's docstring says what
    the object is."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True, defer_build=True)
    rules: ClassVar[Rules] = Rules()

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        for name, text in field_docs(cls).items():
            if name in cls.model_fields:
                cls.model_fields[name].description = text
