"""Contact forms."""

from regulars.desk.forms.model import ContactForm, FieldKind, FormDefinition, FormField, FormId
from regulars.desk.forms.verbs import (
    QUICKEST_SECONDS,
    Filled,
    archive_form,
    form,
    forms,
    read_stamp,
    save_form,
    stamp,
    submit,
)

__all__ = [
    "QUICKEST_SECONDS", "ContactForm", "FieldKind", "Filled", "FormDefinition", "FormField", "FormId", "archive_form",
    "form", "forms", "read_stamp", "save_form", "stamp", "submit",
]  # fmt: skip
