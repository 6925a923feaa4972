"""Who inherits from whom, and which transforms need which."""

from __future__ import annotations

from collections.abc import Iterable

from fixture import World, world
from floe_ls.forms.document import Document
from floe_ls.ide.calls import Call, called, incoming, outgoing
from floe_ls.ide.hierarchy import children, member, parents
from navigation import MESH, REMOTE, D, E, F, M, P, at


def names(documents: Iterable[Document]) -> list[str]:
    return [document.label or document.ref for document in documents]


def meant(here: World) -> list[str]:
    return names(member(here.snapshot, here.document, here.cursor))


def test_the_member_is_what_a_reference_or_name_stands_for_or_the_file_itself() -> None:
    assert meant(at(D, "../ent")) == [E]
    assert meant(at(D, "customer-360")) == [P]
    assert meant(at(D, "governance")) == [D]
    assert meant(at(P, "transforms")) == [P]
    assert meant(at(P, "stg")) == [P]


def test_other_files_have_no_place_in_the_hierarchy() -> None:
    assert meant(world("serv$0ices: {}\n", name="compose.yaml")) == []


def test_from_the_enterprise_down_and_up_again() -> None:
    here = world(MESH)
    assert names(children(here.snapshot, here.file(E))) == [M, D]
    assert names(children(here.snapshot, here.file(D))) == [P, F]
    assert names(children(here.snapshot, here.file(P))) == []
    assert names(parents(here.snapshot, here.file(P))) == [D]
    assert names(parents(here.snapshot, here.file(D))) == [E]
    assert names(parents(here.snapshot, here.file(E))) == []


def test_an_artifact_has_its_place_in_the_hierarchy() -> None:
    here = world(REMOTE)
    (above,) = parents(here.snapshot, here.document)
    assert above.ref == "oci://registry.example.com/enterprise-manifest:v1.0.0"
    assert names(children(here.snapshot, above)) == ["sales-domain-manifest.yaml"]
    assert here.snapshot.at_uri(above.uri) is above


def test_a_circle_ends() -> None:
    here = world(
        "#- a.yaml\nscope: domain\nparent_manifest: ./b.yaml\n"
        "#- b.yaml\nscope: domain\nparent_manifest: ./a.yaml\n"
    )
    a = here.file("a.yaml")
    assert names(children(here.snapshot, a)) == ["b.yaml"]
    assert names(here.snapshot.below(a)) == ["b.yaml"]


def calls(found: tuple[Call, ...], document: Document) -> list[tuple[str, list[int]]]:
    return [
        (c.transform.name.name, [document.lines.position(s.start)[0] + 1 for s in c.spans])
        for c in found
    ]


def test_a_transform_calls_those_that_it_depends_on() -> None:
    here = world(MESH)
    document = here.file(P)
    assert calls(outgoing(here.snapshot, document, "report"), document) == [
        ("stg", [17]),
        ("fct", [17]),
    ]
    assert calls(outgoing(here.snapshot, document, "stg"), document) == []
    assert calls(incoming(here.snapshot, document, "stg"), document) == [
        ("fct", [13]),
        ("report", [17]),
    ]
    assert calls(incoming(here.snapshot, document, "report"), document) == []
    assert calls(incoming(here.snapshot, document, "nothing"), document) == []


def test_what_is_called_is_the_name_at_the_cursor_or_the_transform_around_it() -> None:
    def there(here: World) -> list[str]:
        return [t.name.name for t in called(here.snapshot, here.document, here.cursor)]

    assert there(at(P, "stg]")) == ["stg"]
    assert there(at(P, "report")) == ["report"]
    assert there(at(P, "dependsOn")) == ["fct"]
    assert there(at(P, "metadata")) == []
    assert there(at(D, "scope")) == []
