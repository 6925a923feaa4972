from floe_ls.forms.document import read_document


def test_a_quality_plugin_by_name_is_its_provider() -> None:
    document = read_document("file:///w/manifest.yaml", "plugins:\n  quality: soda\n")
    assert document.root.value == {"plugins": {"quality": {"provider": "soda"}}}
    at = document.at(("plugins", "quality", "provider"))
    assert at is not None
    assert document.text[at.value_span.start : at.value_span.end] == "soda"
