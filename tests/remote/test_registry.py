"""A real registry, by each of its doors."""

from __future__ import annotations

import base64
import json
import logging
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from floe_ls.chain.ref import OciRef
from floe_ls.remote import artifact, credentials, registry
from floe_ls.remote.artifact import Artifact
from floe_ls.remote.cache import Cache
from floe_ls.remote.failure import Failure
from floe_ls.remote.registry import Access
from remote.registries import PASSWORD, REFRESH, USER, Registries
from tools import needs

TEXT = "kind: Manifest\nname: acme\n"


@pytest.fixture(autouse=True)
def no_logins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each test begins without any."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    for part in ("USERNAME", "PASSWORD", "TOKEN", "HOST"):
        monkeypatch.delenv(f"FLOE_REGISTRY_{part}", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)


@pytest.fixture
def docker_config(tmp_path: Path) -> Path:
    path = tmp_path / "docker" / "config.json"
    path.parent.mkdir()
    return path


def seeded(registries: Registries, repository: str, tag: str = "v1.0.0", text: str = TEXT) -> str:
    """Through the open door; all doors lead to one storage."""
    ref = OciRef(registries.plain, repository, tag)
    digest = registry.push(ref, artifact.package(text, {"io.floe.manifest.name": "acme"}))
    assert isinstance(digest, str), digest
    return digest


def logged_in(path: Path, host: str, **more: str) -> None:
    auth = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    path.write_text(json.dumps({"auths": {host: {"auth": auth, **more}}}))


def test_what_is_pushed_is_pulled_over_plain_http_on_loopback(registries: Registries) -> None:
    digest = seeded(registries, "plain/manifest")
    ref = OciRef(registries.plain, "plain/manifest", "v1.0.0")
    found = registry.pull(ref)
    assert isinstance(found, Artifact)
    assert found.ref == str(ref)
    assert found.text == TEXT
    assert found.title == "manifest.yaml"
    assert found.digest == digest
    assert found.layer_digest == artifact.digest_of(TEXT.encode())
    assert found.annotations == {"io.floe.manifest.name": "acme"}
    assert not found.partial


def test_a_digest_is_pulled_and_must_be_that_of_the_bytes(registries: Registries) -> None:
    digest = seeded(registries, "plain/pinned")
    ref = OciRef(registries.plain, "plain/pinned", None, digest)
    found = registry.pull(ref)
    assert isinstance(found, Artifact)
    assert found.digest == digest
    other = OciRef(registries.plain, "plain/pinned", None, artifact.digest_of(b"other"))
    missing = registry.pull(other)
    assert isinstance(missing, Failure)
    assert missing.kind == "not-found"


def test_head_gives_the_digest(registries: Registries) -> None:
    digest = seeded(registries, "plain/head")
    assert registry.head(OciRef(registries.plain, "plain/head", "v1.0.0")) == digest
    found = registry.head(OciRef(registries.plain, "plain/head", "v9"))
    assert found == Failure(
        "not-found",
        f"{registries.plain} has no plain/head:v9: check the name and the tag.",
    )


def test_a_missing_repository_and_a_missing_tag_differ(registries: Registries) -> None:
    found = registry.pull(OciRef(registries.plain, "no/such", "v1"))
    assert isinstance(found, Failure)
    assert (found.kind, found.message) == (
        "not-found",
        f"{registries.plain} has no no/such:v1: check the name and the tag.",
    )
    found = registry.tags(OciRef(registries.plain, "no/such"))
    assert found == Failure("not-found", f"{registries.plain} has no no/such: check the name.")


def test_tags_come_newest_first(registries: Registries) -> None:
    for tag in ("v1.9.0", "latest", "v1.10.0", "v2.0.0-rc.1", "v2.0.0"):
        seeded(registries, "plain/tags", tag)
    assert registry.tags(OciRef(registries.plain, "plain/tags")) == (
        *("v2.0.0", "v2.0.0-rc.1", "v1.10.0", "v1.9.0", "latest"),
    )


def test_blobs_that_are_kept_are_not_fetched_again(registries: Registries, cache: Cache) -> None:
    seeded(registries, "plain/kept")
    ref = OciRef(registries.plain, "plain/kept", "v1.0.0")
    found = registry.pull(ref, store=cache)
    assert isinstance(found, Artifact)
    assert cache.blob(found.digest) is not None
    kept = cache.blob(found.layer_digest)
    assert kept == TEXT.encode()

    class Seen:
        asked: list[str] = []  # noqa: RUF012  one object, in one test

        def blob(self, digest: str) -> bytes | None:
            self.asked.append(digest)
            return cache.blob(digest)

        def keep(self, data: bytes) -> None:
            assert data != kept

    assert isinstance(registry.pull(ref, store=Seen()), Artifact)
    assert Seen.asked == [found.layer_digest]


def test_tls_needs_the_authority(registries: Registries) -> None:
    digest = seeded(registries, "tls/manifest")
    ref = OciRef(registries.tls, "tls/manifest", "v1.0.0")
    ca = str(registries.certificates.ca)
    found = registry.pull(ref, Access(ca=ca))
    assert isinstance(found, Artifact)
    assert found.digest == digest
    found = registry.pull(ref)
    assert isinstance(found, Failure)
    assert found.kind == "tls"
    assert found.message.startswith(f"The certificate of {registries.tls} is not trusted (")
    assert found.message.endswith("): name its authority as `ca` of this registry in floe-ls.toml.")


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_the_environment_may_name_the_authority(
    registries: Registries, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    seeded(registries, "tls/environment")
    monkeypatch.setenv(variable, str(registries.certificates.ca))
    ref = OciRef(registries.tls, "tls/environment", "v1.0.0")
    assert isinstance(registry.pull(ref), Artifact)


def test_a_wrong_authority_a_missing_one_and_no_certificate_at_all(
    registries: Registries, tmp_path: Path
) -> None:
    ref = OciRef(registries.tls, "tls/manifest", "v1.0.0")
    found = registry.pull(ref, Access(ca=str(tmp_path / "no.pem")))
    assert found == Failure(
        "tls",
        f"There is no certificate file {tmp_path / 'no.pem'}, which the setting `ca` names.",
    )
    wrong = registry.pull(ref, Access(ca=str(registries.certificates.certificate)))
    assert isinstance(wrong, Failure)
    assert wrong.kind == "tls"
    (tmp_path / "junk.pem").write_text("junk")
    junk = registry.pull(ref, Access(ca=str(tmp_path / "junk.pem")))
    assert isinstance(junk, Failure)
    assert junk == Failure(
        "tls", f"{tmp_path / 'junk.pem'}, which the setting `ca` names, holds no certificate."
    )


def test_a_certificate_for_another_host_is_refused(registries: Registries) -> None:
    host = registries.tls.replace("localhost", "other.localhost")
    ref = OciRef(host, "tls/manifest", "v1.0.0")
    found = registry.pull(ref, Access(ca=str(registries.certificates.ca)))
    assert isinstance(found, Failure)
    assert found.kind in {"tls", "unreachable"}  # where the system does not know the name


def test_plain_http_where_tls_is_asked_for_is_said(registries: Registries) -> None:
    ref = OciRef(registries.plain, "plain/manifest", "v1.0.0")
    found = registry.pull(ref, Access(ca=str(registries.certificates.ca)))
    assert found == Failure(
        "tls",
        f"{registries.plain} does not speak TLS: if plain http is meant, set `insecure = true`"
        " for this registry in floe-ls.toml.",
    )


@pytest.mark.parametrize("door", ["basic", "token"])
def test_without_a_login_one_is_asked_for(registries: Registries, door: str) -> None:
    host = getattr(registries, door)
    found = registry.pull(OciRef(host, "team/manifest", "v1.0.0"))
    assert found == Failure(
        "auth",
        f"{host} asks for a login to read team/manifest:v1.0.0: run `docker login {host}`, or set"
        " FLOE_REGISTRY_USERNAME and FLOE_REGISTRY_PASSWORD.",
    )


@pytest.mark.parametrize("door", ["basic", "token"])
@pytest.mark.parametrize("key", ["{}", "https://{}", "https://{}/v2/"])
def test_dockers_login_is_used(
    registries: Registries, docker_config: Path, door: str, key: str
) -> None:
    host = getattr(registries, door)
    digest = seeded(registries, "team/docker")
    logged_in(docker_config, key.format(host))
    found = registry.pull(OciRef(host, "team/docker", "v1.0.0"))
    assert isinstance(found, Artifact), found
    assert found.digest == digest
    assert registry.tags(OciRef(host, "team/docker")) == ("v1.0.0",)
    assert registry.head(OciRef(host, "team/docker", "v1.0.0")) == digest


@pytest.mark.parametrize("door", ["basic", "token"])
def test_pushing_needs_no_more_than_the_login(
    registries: Registries, docker_config: Path, door: str
) -> None:
    host = getattr(registries, door)
    logged_in(docker_config, host)
    ref = OciRef(host, f"pushed/{door}", "v1.0.0")
    package = artifact.package(TEXT, {})
    assert registry.push(ref, package) == package.digest
    assert registry.push(ref, package) == package.digest
    assert isinstance(registry.pull(ref), Artifact)


@pytest.mark.parametrize("door", ["basic", "token"])
def test_floes_variables_are_used(
    registries: Registries, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    host = getattr(registries, door)
    seeded(registries, "team/variables")
    ref = OciRef(host, "team/variables", "v1.0.0")
    monkeypatch.setenv("FLOE_REGISTRY_USERNAME", USER)
    monkeypatch.setenv("FLOE_REGISTRY_PASSWORD", PASSWORD)
    assert isinstance(registry.pull(ref), Artifact)
    monkeypatch.setenv("FLOE_REGISTRY_HOST", "registry.example.com")
    found = registry.pull(ref)
    assert isinstance(found, Failure)
    assert found.kind == "auth"
    monkeypatch.setenv("FLOE_REGISTRY_HOST", f"registry.example.com, {host}")
    assert isinstance(registry.pull(ref), Artifact)


def test_floes_token_is_the_password_of_a_user_of_that_name(
    registries: Registries, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeded(registries, "team/token")
    monkeypatch.setenv("FLOE_REGISTRY_TOKEN", PASSWORD)
    assert isinstance(registry.pull(OciRef(registries.token, "team/token", "v1.0.0")), Artifact)


def test_an_identity_token_is_exchanged(registries: Registries, docker_config: Path) -> None:
    seeded(registries, "team/identity")
    auths = {registries.token: {"identitytoken": REFRESH}}
    docker_config.write_text(json.dumps({"auths": auths}))
    ref = OciRef(registries.token, "team/identity", "v1.0.0")
    assert isinstance(registry.pull(ref), Artifact)


@pytest.mark.parametrize("door", ["basic", "token"])
def test_a_wrong_password_is_refused_without_being_repeated(
    registries: Registries, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    host = getattr(registries, door)
    monkeypatch.setenv("FLOE_REGISTRY_USERNAME", USER)
    monkeypatch.setenv("FLOE_REGISTRY_PASSWORD", "wrong-s3cret")
    found = registry.pull(OciRef(host, "team/manifest", "v1.0.0"))
    assert found == Failure(
        "auth",
        f"{host} refused the login from FLOE_REGISTRY_USERNAME and FLOE_REGISTRY_PASSWORD: log in"
        " again.",
    )


def test_a_login_that_may_not_read_is_forbidden(
    registries: Registries, docker_config: Path
) -> None:
    logged_in(docker_config, registries.token)
    found = registry.pull(OciRef(registries.token, "closed/manifest", "v1.0.0"))
    assert found == Failure(
        "forbidden",
        f"{registries.token} does not let the login from {docker_config} use"
        " closed/manifest:v1.0.0: ask its owner for access.",
    )


def test_public_repositories_need_no_login(registries: Registries) -> None:
    seeded(registries, "public/manifest")
    ref = OciRef(registries.token, "public/manifest", "v1.0.0")
    assert isinstance(registry.pull(ref), Artifact)


def test_each_repository_has_a_token_of_its_own(
    registries: Registries, docker_config: Path
) -> None:
    logged_in(docker_config, registries.token)
    registries.tokens.scopes.clear()
    for repository in ("scopes/one", "scopes/two"):
        seeded(registries, repository)
        ref = OciRef(registries.token, repository, "v1.0.0")
        assert isinstance(registry.pull(ref), Artifact)
    assert registries.tokens.scopes == [
        "repository:scopes/one:pull",
        "repository:scopes/two:pull",
    ]


def helper(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """A program `docker-credential-test`."""
    folder.mkdir()
    program = folder / "docker-credential-test"
    program.write_text(f"#!{sys.executable}\nimport json, sys\nhost = sys.stdin.read()\n{body}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


@pytest.mark.parametrize("setting", ["credsStore", "credHelpers"])
def test_a_credential_helper_is_asked(
    registries: Registries,
    docker_config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
) -> None:
    seeded(registries, "team/helper")
    answer = {registries.basic: {"Username": USER, "Secret": PASSWORD}}
    helper(tmp_path / "bin", monkeypatch, f"print(json.dumps({answer!r}[host]))")
    value = "test" if setting == "credsStore" else {registries.basic: "test"}
    docker_config.write_text(json.dumps({setting: value, "auths": {registries.basic: {}}}))
    ref = OciRef(registries.basic, "team/helper", "v1.0.0")
    assert isinstance(registry.pull(ref), Artifact)


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        ("sys.exit(print('credentials not found in native keychain') or 1)", ""),
        ("sys.exit(1)", " docker-credential-test failed."),
        ("print('junk')", " docker-credential-test gave no login that could be read."),
        ("print('[]')", " docker-credential-test gave no login that could be read."),
        ("sys.stdin.close(); import signal; signal.pause()", " docker-credential-test did not"),
    ],
)
def test_a_helper_that_fails_is_named(
    registries: Registries,
    docker_config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    body: str,
    trouble: str,
) -> None:
    monkeypatch.setattr(credentials, "HELPER_SECONDS", 0.5)
    helper(tmp_path / "bin", monkeypatch, body)
    docker_config.write_text('{"credsStore": "test"}')
    found = registry.pull(OciRef(registries.basic, "team/manifest", "v1.0.0"))
    assert isinstance(found, Failure)
    assert found.kind == "auth"
    assert f"FLOE_REGISTRY_PASSWORD.{trouble}" in found.message


@pytest.mark.parametrize(
    ("config", "trouble"),
    [
        ("{", "is not JSON."),
        ("[]", "is not a JSON object."),
        ('{"credsStore": "../evil"}', "The credential helper '../evil' is not the name of one."),
        ('{"credsStore": "not-installed"}', "could not be started: no such file or directory."),
        ('{"auths": 1, "credHelpers": [], "credsStore": 5}', "PASSWORD."),
    ],
)
def test_a_strange_docker_config_is_named(
    registries: Registries, docker_config: Path, config: str, trouble: str
) -> None:
    docker_config.write_text(config)
    found = registry.pull(OciRef(registries.basic, "team/manifest", "v1.0.0"))
    assert isinstance(found, Failure)
    assert found.kind == "auth"
    assert found.message.endswith(trouble)


def test_netrc_is_not_a_source_of_logins(
    registries: Registries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "netrc"
    path.write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))
    found = registry.pull(OciRef(registries.basic, "team/manifest", "v1.0.0"))
    assert isinstance(found, Failure)
    assert found.kind == "auth"


def test_no_secret_is_written_to_a_log(
    registries: Registries,
    docker_config: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    logged_in(docker_config, registries.basic)
    seeded(registries, "team/quiet")
    assert isinstance(registry.pull(OciRef(registries.basic, "team/quiet", "v1.0.0")), Artifact)
    assert isinstance(registry.pull(OciRef(registries.basic, "team/none", "v1.0.0")), Failure)
    written = caplog.text + "".join(capfd.readouterr())
    assert PASSWORD not in written
    assert base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode() not in written


def test_what_oras_pushes_is_pulled(registries: Registries, tmp_path: Path) -> None:
    from oras.provider import Registry

    (tmp_path / "manifest.yaml").write_text(TEXT)
    client = Registry(insecure=True)
    client.push(
        f"{registries.plain}/by/oras:v1",
        files=[str(tmp_path / "manifest.yaml")],
        disable_path_validation=True,
    )
    client.session.close()
    found = registry.pull(OciRef(registries.plain, "by/oras", "v1"))
    assert isinstance(found, Artifact)
    assert found.text == TEXT


def test_what_skopeo_copies_is_the_same(registries: Registries, tmp_path: Path) -> None:
    digest = seeded(registries, "skopeo/from")
    subprocess.run(
        [
            *(needs("skopeo"), "--insecure-policy", "copy", "-q"),
            *("--src-tls-verify=false", "--dest-tls-verify=false"),
            *("--dest-creds", f"{USER}:{PASSWORD}"),
            f"docker://{registries.plain}/skopeo/from:v1.0.0",
            f"docker://{registries.basic}/skopeo/to:v1.0.0",
        ],
        check=True,
        capture_output=True,
    )
    found = registry.pull(OciRef(registries.plain, "skopeo/to", "v1.0.0"))
    assert isinstance(found, Artifact)
    assert found.digest == digest


def test_importing_the_layer_is_cheap() -> None:
    code = (
        "import sys; from floe_ls.remote import cache, fetch, publish, registry, scan\n"
        "print({'oras', 'requests', 'urllib3', 'ssl'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(registry.__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "set()\n"


def test_a_registry_without_a_tag_is_asked_for_latest(registries: Registries) -> None:
    digest = seeded(registries, "plain/untagged", "latest")
    assert registry.head(OciRef(registries.plain, "plain/untagged")) == digest


def variables(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for part, value in values.items():
        monkeypatch.setenv(f"FLOE_REGISTRY_{part}", value)


def test_variables_without_a_host_are_shown_on_this_machine_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    variables(monkeypatch, USERNAME=USER, PASSWORD=PASSWORD)
    for place in ("localhost:5000/m", "127.0.0.1/m", "[::1]:5000/m"):
        assert credentials.login_for(place).login is not None, place
    found = credentials.login_for("registry.example.com/m")
    assert found.login is None
    assert found.trouble == (
        "FLOE_REGISTRY_… hold a login, but not for whom: set"
        " FLOE_REGISTRY_HOST=registry.example.com if it is for this registry."
    )
    variables(monkeypatch, HOST="Registry.example.com")
    assert credentials.login_for("registry.example.com/m").login is not None
    assert credentials.login_for("evil.example.com/m") == credentials.Found()
    assert credentials.login_for("localhost:5000/m") == credentials.Found()


def podman(path: Path, **entries: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    auths = {
        key.replace("__", "/"): {"auth": base64.b64encode(value.encode()).decode()}
        for key, value in entries.items()
    }
    path.write_text(json.dumps({"auths": auths}))


def test_podmans_logins_are_found_and_the_longest_place_fits_best(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "containers" / "auth.json"
    podman(path, h="host:1", h__team="team:2", h__team__m="m:3", **{"https://i/v2/": "i:4"})
    users = {
        place: login.user
        for place in ("h/other", "h/team/x/y", "h/team/m", "h/teams/m", "i/a", "j/a")
        if (login := credentials.login_for(place).login) is not None
    }
    assert users == {"h/other": "host", "h/team/x/y": "team", "h/team/m": "m", "h/teams/m": "host",
                     "i/a": "i"}  # fmt: skip
    found = credentials.login_for("h/m").login
    assert found is not None
    assert found.source == str(path)


def test_podmans_files_are_looked_at_in_its_own_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def user() -> str:
        login = credentials.login_for("h/m").login
        return login.user if login else ""

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    podman(tmp_path / "config" / "containers" / "auth.json", h="config:1")
    assert user() == "config"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    assert user() == "config"
    podman(tmp_path / "run" / "containers" / "auth.json", h="run:1")
    assert user() == "run"
    podman(tmp_path / "named.json", h="named:1")
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(tmp_path / "named.json"))
    assert user() == "named"
    (tmp_path / "named.json").write_text("{")
    assert credentials.login_for("h/m").trouble == f"{tmp_path / 'named.json'} is not JSON."


def test_dockers_login_comes_before_podmans_and_podmans_before_the_variables(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, docker_config: Path
) -> None:
    variables(monkeypatch, USERNAME="variable", PASSWORD="3", HOST="h")
    assert (login := credentials.login_for("h/m").login)
    assert login.user == "variable"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    podman(tmp_path / "containers" / "auth.json", h="podman:2")
    assert (login := credentials.login_for("h/m").login)
    assert login.user == "podman"
    logged_in(docker_config, "h")
    assert (login := credentials.login_for("h/m").login)
    assert login.user == USER


def test_a_real_registry_takes_podmans_login(
    registries: Registries, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seeded(registries, "podman/manifest")
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(tmp_path / "auth.json"))
    podman(tmp_path / "auth.json", **{f"{registries.basic}__podman": f"{USER}:{PASSWORD}"})
    found = registry.pull(OciRef(registries.basic, "podman/manifest", "v1.0.0"))
    assert isinstance(found, Artifact), found
    refused = registry.pull(OciRef(registries.basic, "other/manifest", "v1.0.0"))
    assert isinstance(refused, Failure)
    assert refused.kind == "auth"
