"""Pages of where artifacts are kept, how they are signed and promoted."""

from __future__ import annotations

from floe_ls.ide.page import page
from floe_ls.ide.rule import Code
from floe_ls.schema.meta import ERROR, WARNING

_REGISTRY = "artifacts:\n  registry:\n    uri: oci://registry.example.com/floe\n"
_OPEN = _REGISTRY + "    auth: {type: anonymous}\n"
_ISSUER = '"https://token.example.com"'


def _page(why: str, start: str, wrong: str, right: str) -> str:
    return page(why, start + "    " + wrong, start + "    " + right)


def _promotion(why: str, wrong: str, right: str) -> str:
    start = _OPEN + "  promotion:\n    environments: "
    return page(why, start + wrong, start + right)


ARTIFACT_CODES: tuple[Code, ...] = (
    Code(
        "registry/credentials-missing",
        ERROR,
        "The registry asks for credentials, and none are named.",
        _page(
            """
            `basic` and `token` read a secret. floe's compiler does not notice that it is missing until it pulls,
            so that is a warning; an empty `credentials_ref` it refuses.
            """,
            _REGISTRY,
            "auth: {type: basic}",
            "auth: {type: basic, credentials_ref: {source: kubernetes, name: registry-login}}",
        ),
        "G04, U5",
    ),
    Code(
        "registry/credentials-unused",
        ERROR,
        "Credentials that are not read.",
        _page(
            """
            Only `basic` and `token` have credentials. The cloud identities come from where a job runs.
            """,
            _REGISTRY,
            "auth: {type: anonymous, credentials_ref: {source: kubernetes, name: registry-login}}",
            "auth: {type: anonymous}",
        ),
        "G03",
    ),
    Code(
        "registry/delays",
        WARNING,
        "The first wait is longer than the longest.",
        _page(
            "Waits between tries grow from the first to the longest.",
            _OPEN,
            "resilience: {retry: {initial_delay_ms: 5000, max_delay_ms: 1000}}",
            "resilience: {retry: {initial_delay_ms: 1000, max_delay_ms: 5000}}",
        ),
        "G13",
    ),
    Code(
        "signing/mode",
        ERROR,
        "The way of signing and its settings do not go together.",
        _page(
            """
            `keyless` signs with the identity of the job: it needs `oidc_issuer` and has no key. `key-based` needs
            a key.
            """,
            _OPEN,
            "signing: {mode: keyless}",
            f"signing: {{mode: keyless, oidc_issuer: {_ISSUER}}}",
        ),
        "G05",
    ),
    Code(
        "verification/no-identity",
        ERROR,
        "Signatures are checked, and nobody's counts.",
        _page(
            "While verification is enabled it needs a trusted issuer or a public key.",
            _OPEN,
            "verification: {enabled: true}",
            "verification: {enabled: true, public_key_ref: {source: kubernetes, name: cosign-key}}",
        ),
        "G06",
    ),
    Code(
        "verification/subject",
        ERROR,
        "A trusted issuer needs either an exact subject or a pattern.",
        _page(
            "Who of an issuer is trusted is said by `subject` or by `subject_regex`, and not by both.",
            _OPEN,
            f"verification: {{trusted_issuers: [{{issuer: {_ISSUER}}}]}}",
            f'verification: {{trusted_issuers: [{{issuer: {_ISSUER}, subject: "repo:acme/floe"}}]}}',
        ),
        "G07",
    ),
    Code(
        "promotion/no-environment",
        ERROR,
        "Artifacts are promoted through no environment.",
        _promotion(
            "Left out, the environments are dev, staging and prod. An empty list leaves nowhere to go.",
            "[]",
            "[{name: prod, gates: {tests: true}}]",
        ),
        "G08",
    ),
    Code(
        "promotion/duplicate-environment",
        ERROR,
        "Two environments have the same name.",
        _promotion(
            "An artifact is promoted to an environment by its name.",
            "[{name: dev, gates: {}}, {name: dev, gates: {}}]",
            "[{name: dev, gates: {}}, {name: prod, gates: {}}]",
        ),
        "G08",
    ),
    Code(
        "promotion/gate",
        ERROR,
        "There is no such gate.",
        _promotion(
            """
            The gates are policy_compliance, tests, security_scan, cost_analysis and performance_baseline.
            """,
            "[{name: prod, gates: {test: true}}]",
            "[{name: prod, gates: {tests: true}}]",
        ),
        "G09",
    ),
    Code(
        "promotion/mandatory-gate",
        ERROR,
        "A gate that holds everywhere is turned off.",
        _promotion(
            "Policies hold in every environment: `policy_compliance` cannot be turned off.",
            "[{name: prod, gates: {policy_compliance: false}}]",
            "[{name: prod, gates: {policy_compliance: true}}]",
        ),
        "G09",
    ),
)
