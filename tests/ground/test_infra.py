"""The container files name only what exists. No engine builds them here, so they are read as closely as can be."""

import re
import subprocess
import sys
import tomllib
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer
import yaml

from backend.cli.commands import app
from backend.foundation.settings import PREFIX, Settings
from campaigns.cli.commands import app as campaigns
from campaigns.settings import Settings as CampaignsSettings

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
DOCKERFILE = (INFRA / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((INFRA / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("image") == "hjerteloeber"}
PROGRAMS = Path(sys.executable).parent
THE_API = ("api", "api-console", "api-dispatch", "api-positions")


def test_a_linter_finds_nothing_in_the_dockerfile() -> None:
    subprocess.run([PROGRAMS / "hadolint", INFRA / "Dockerfile"], check=True)


def test_the_compose_file_follows_the_specification() -> None:
    subprocess.run(
        [PROGRAMS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", INFRA / "compose.yaml"], check=True
    )


@pytest.mark.parametrize("service", OURS)
def test_every_command_and_option_that_is_run_exists(service: str) -> None:
    words: list[str] = OURS[service]["command"]
    commands = typer.main.get_group(campaigns if "entrypoint" in OURS[service] else app)
    command = commands.get_command(typer.Context(commands), words[0])
    assert command
    command.make_context(words[0], words[1:])


def test_the_image_by_itself_serves() -> None:
    assert 'ENTRYPOINT ["hjerteloeber"]' in DOCKERFILE
    by_itself = re.search(r'^CMD \["serve", (.+)\]$', DOCKERFILE, re.MULTILINE)
    assert by_itself
    assert "0.0.0.0" in by_itself[1], "or nobody outside the container reaches it"


@pytest.mark.parametrize("file", sorted(filter(Path.is_file, INFRA.iterdir())), ids=lambda file: file.name)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}([A-Z_]+)", file.read_text()))
    known = {field.name.upper() for field in msgspec.structs.fields(Settings)}
    assert named <= known


def test_the_example_names_every_setting_without_which_nothing_starts() -> None:
    lines = (INFRA / "settings.env.example").read_text().splitlines()
    given = {line.partition("=")[0].removeprefix(PREFIX).lower() for line in lines if line.startswith(PREFIX)}
    in_a_file_of_its_own = {"database_url"}
    assert {field.name for field in msgspec.structs.fields(Settings) if field.required} <= given | in_a_file_of_its_own


def test_the_proxy_that_is_believed_is_the_one_in_front() -> None:
    believed = OURS["api"]["environment"]["HJERTELOEBER_TRUSTED_PROXIES"]
    assert believed == COMPOSE["services"]["proxy"]["networks"]["default"]["ipv4_address"]


def test_no_other_container_can_be_given_the_address_that_is_believed() -> None:
    """Docker gives out addresses in the order containers start, from the whole subnet unless a range is named."""
    (config,) = COMPOSE["networks"]["default"]["ipam"]["config"]
    believed = ip_address(OURS["api"]["environment"]["HJERTELOEBER_TRUSTED_PROXIES"])
    assert believed in ip_network(config["subnet"])
    assert believed not in ip_network(config["ip_range"])
    assert believed != ip_address(config["gateway"])


def test_the_figures_of_every_api_process_are_asked_for() -> None:
    shown = yaml.safe_load((INFRA / "prometheus.yml").read_text())["scrape_configs"]
    (serve,) = (job for job in shown if job["job_name"] == "serve")
    asked = set(serve["static_configs"][0]["targets"])
    assert asked == {OURS[name]["ports"][0].removesuffix(":8000") for name in THE_API}


def test_the_proxy_passes_on_nothing_a_caller_says_about_themselves() -> None:
    proxy = (INFRA / "Caddyfile").read_text()
    assert "header_up X-Forwarded-For {remote_host}" in proxy
    for name in ("Client-Cert", "X-Forwarded-Client-Cert", "Forwarded", "X-Real-IP"):
        assert f"header_up -{name}\n" in proxy, name
    closed = re.search(r"@operators path (.+)", proxy)
    assert closed
    # The application reads a path with a slash at its end as one without; Caddy's matcher does not.
    assert set(closed[1].split()) == {"/metrics", "/metrics/*", "/health", "/health/*"}
    # Caddy sorts directives: whatever stands beside a `handle` without a matcher is never reached.
    assert "handle @operators {\n\t\trespond 404\n" in proxy
    assert not re.search(r"^\trespond ", proxy, re.MULTILINE)
    assert all(f"import to {name}:8000" in proxy for name in THE_API)


def test_what_programmes_call_is_not_sent_on_from_the_clear() -> None:
    clear = (INFRA / "Caddyfile").read_text().partition("http://{$PUBLIC_NAME} {")[2].partition("\n}\n")[0]
    named = re.search(r"@programmes path (.+)\n\thandle @programmes \{\n\t\trespond 403\n", clear)
    assert named
    assert set(named[1].split()) == {"/dispatch", "/dispatch/*", "/oauth/*", "/mobile/*"}


def test_each_kind_of_process_has_a_database_log_in_of_its_own() -> None:
    files = {name: service["env_file"] for name, service in OURS.items()}
    assert files["api"] == files["api-dispatch"] == ["secrets/settings.env", "secrets/serve.env"]
    assert files["worker"] == ["secrets/settings.env", "secrets/work.env"]
    assert files["migrate"] == ["secrets/settings.env", "secrets/owner.env"]


def test_the_process_of_campaigns_has_no_key_and_no_setting_of_the_rest() -> None:
    assert OURS["campaigns"]["env_file"] != OURS["api"]["env_file"]
    assert OURS["campaigns"]["volumes"] == []
    example = (INFRA / "campaigns.env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == {
        f"CAMPAIGNS_{field.name.upper()}" for field in msgspec.structs.fields(CampaignsSettings)
    }


def test_dispatch_centres_have_a_process_that_no_phone_can_touch() -> None:
    served = {name: OURS[name]["command"][OURS[name]["command"].index("--only") + 1] for name in THE_API}
    assert served == {
        "api": "mobile",
        "api-console": "console",
        "api-dispatch": "dispatch",
        "api-positions": "positions",
    }
    assert OURS["api-positions"]["cpu_shares"] < 1024, "what comes in by the thousand weighs less"


def test_only_the_proxy_can_be_reached_from_elsewhere() -> None:
    ports = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert ports == {
        "api": ["127.0.0.1:8000:8000"],
        "api-dispatch": ["127.0.0.1:8001:8000"],
        "api-positions": ["127.0.0.1:8002:8000"],
        "api-console": ["127.0.0.1:8004:8000"],
        "campaigns": ["127.0.0.1:8003:8300"],
        "proxy": ["80:80", "443:443", "443:443/udp"],
    }


def test_nothing_starts_before_the_migrations_ended_well() -> None:
    assert set(OURS) == {
        "migrate",
        *THE_API,
        "worker",
        "synthetic",
        "campaigns-migrate",
        "campaigns",
        "campaigns-digest",
    }
    for name in set(OURS) - {"migrate"}:
        assert OURS[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_every_process_comes_back_after_a_fall() -> None:
    assert {name for name, service in COMPOSE["services"].items() if service.get("restart") != "unless-stopped"} == {
        "migrate",  # tries three times, then somebody has to look
        "campaigns-migrate",
    }


def test_no_secret_is_written_into_the_compose_file() -> None:
    assert COMPOSE["services"]["postgres"]["environment"]["POSTGRES_PASSWORD_FILE"].startswith("/run/secrets/")
    assert "infra/secrets/" in (ROOT / ".gitignore").read_text()


def test_the_image_installs_by_hash_and_does_not_run_as_root() -> None:
    from_lock = [line for line in DOCKERFILE.splitlines() if "install" in line and "-r requirements/" in line]
    assert len(from_lock) == 2
    assert all("--require-hashes" in line for line in from_lock)
    last_stage = DOCKERFILE.rpartition("FROM ")[2]
    user = re.search(r"^USER (\d+)$", last_stage, re.MULTILINE)
    assert user
    assert int(user[1]) > 0


def test_the_image_has_a_python_we_support() -> None:
    images = set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE))
    assert len(images) == 1, "both stages must have the same Python: the wheels go from one to the other"
    version = re.search(r"python:(3\.\d+)-slim", images.pop())
    assert version
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"Programming Language :: Python :: {version[1]}" in project["classifiers"]
