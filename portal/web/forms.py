"""What the forms of every domain share: texts that the database can hold, numbers that a row can have."""

from __future__ import annotations

from typing import Any

from wtforms import Form, IntegerField
from wtforms.fields.core import Field, UnboundField

from portal.web.locale_urls import LARGEST_ROW_ID

_DIGITS = len(str(LARGEST_ROW_ID))


def without_nul(text: str) -> str:
    """`text` without NULs, which no text of PostgreSQL can have."""
    return text.replace("\x00", "")


def _clean(value: Any) -> Any:
    # Exactly a text: what a field has made an enumeration stays one.
    return without_nul(value) if type(value) is str else value


class CleanForm(Form):
    """A form whose texts arrive without NUL, before any other filter or validator sees them."""

    class Meta:
        def bind_field(self, form: Form, unbound_field: UnboundField[Any], options: dict[str, Any]) -> Field:
            filters = [_clean, *unbound_field.kwargs.get("filters", ())]
            field: Field = unbound_field.bind(form=form, **{**options, "filters": filters})
            return field


def row_id(text: str | None) -> int | None:
    """The number in `text`, 0 standing for no row; None when it is none or no key can be so large."""
    if not text or len(text) > _DIGITS or not (text.isascii() and text.isdecimal()):
        return None
    number = int(text)
    return number if number <= LARGEST_ROW_ID else None


class RowIdField(IntegerField):
    """A number that a database key can be."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Takes the first value. Raises ValueError, which wtforms makes the field's error."""
        if not valuelist:
            return
        self.data = row_id(valuelist[0].strip())
        if self.data is None:
            # Never on a page of ours: these fields are hidden.
            raise ValueError("not a row id")
