"""`floe-ls publish`: pushes a manifest as an OCI artifact."""

from __future__ import annotations

import sys

from floe_ls.cli.words import Refused
from floe_ls.cli.workspace import Workspace
from floe_ls.forms.document import Document, Kind
from floe_ls.forms.tree import text_of
from floe_ls.ide.diagnostics import diagnostics
from floe_ls.remote import publish as remote
from floe_ls.remote.failure import Failure
from floe_ls.schema.meta import Role, Severity, Tier


def publish(file: str, ref: str, *, force: bool = False) -> int:
    """Publishes a manifest that has no errors. Raises Refused."""
    target = remote.target_of(ref)
    if isinstance(target, Failure):
        raise Refused(target.message.rstrip("."))
    workspace = Workspace()
    document = workspace.read(file)
    if document.kind is not Kind.MANIFEST:
        raise Refused(f"{file} is a data product; manifests are published")
    errors = [d for d in diagnostics(workspace.snapshot, document) if d.severity is Severity.ERROR]
    if errors:
        line = document.lines.position(errors[0].span.start)[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise Refused(
            f"{document.label}:{line + 1}: {errors[0].message.rstrip('.')}{more}; "
            "a manifest with errors is not published"
        )
    done = remote.publish(
        document.text,
        ref,
        name=_text(workspace, document, Role.NAME),
        version=_text(workspace, document, Role.VERSION),
        scope=document.tier.value if document.tier is not Tier.PLATFORM else None,
        force=force,
        settings=workspace.snapshot.settings_for(document.uri),
    )
    if isinstance(done, Failure):
        raise Refused(done.message.rstrip("."))
    was = " was there already" if done.unchanged else ""
    sys.stdout.write(f"{done.ref}@{done.digest}{was}\n")
    return 0


def _text(workspace: Workspace, document: Document, role: Role) -> str | None:
    path = workspace.snapshot.manifest_shape.role_path(role)
    at = document.at(path) if path else None
    return text_of(at.node) if at else None
