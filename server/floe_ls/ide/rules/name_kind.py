"""A file that is called as a data product's is, and holds a manifest."""

from __future__ import annotations

from collections.abc import Iterator

from floe_ls.forms.dialect import file_name, names_product
from floe_ls.ide.mend import set_value
from floe_ls.ide.rule import MANIFESTS, Code, Finding, Rule, Subject
from floe_ls.schema.meta import ERROR, Role

CODE = Code(
    "name/kind-mismatch",
    ERROR,
    "A file that is called `floe.yaml` holds a manifest.",
    """\
floe reads a data product from `floe.yaml`, and its compiler refuses another `kind` there. As long as the file says that
it is a manifest, it is judged as one: nobody asks whether its domain approves the product.

Wrong, in `floe.yaml`:

```yaml
apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: customer-360, version: 1.0.0, owner: sales@example.com}
plugins: {}
```

Right, in `floe.yaml`:

```yaml
apiVersion: floe.dev/v1
kind: FloeSpec
metadata: {name: customer-360, version: 1.0.0}
platform: {manifest: oci://registry.example.com/sales-domain-manifest:v2.0.0}
transforms: [{name: customers}]
```

Set `kind: FloeSpec`; or, if it is a manifest, call the file `manifest.yaml`.
""",
    "R4; A04",
)


def check(subject: Subject) -> Iterator[Finding]:
    document, path = subject.document, subject.path(Role.KIND)
    at = document.at(path) if path is not None else None
    if path is None or at is None or document.ref or not names_product(file_name(document.uri)):
        return
    message = (
        f"{file_name(document.uri)} holds a data product, and this one says that it is a manifest. If it is one,"
        " call the file `manifest.yaml`."
    )
    edit = set_value(document, path, "FloeSpec")
    fixes = (subject.edit("Change to `FloeSpec`", edit),) if edit is not None else ()
    yield Finding(CODE.slug, at.value_span, message, fixes=fixes)


RULE = Rule((CODE,), check, alone=True, kinds=MANIFESTS)
