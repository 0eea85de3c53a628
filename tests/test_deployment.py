"""The samples in docs/deployment start what they say: units checked by systemd, and proxies that write nothing down."""

import contextlib
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from survey.bench.road import Browser
from survey.settings import SETTINGS

REPOSITORY = Path(__file__).parent.parent
SAMPLES = REPOSITORY / "docs" / "deployment"
UNITS = sorted(SAMPLES.glob("*.service"))
VENV = Path(sys.executable).parent.parent
HARDENED = (
    *("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes"),
    *("CapabilityBoundingSet=", "UMask=0077", "LimitCORE=0", "MemorySwapMax=0", "StateDirectoryMode=0700"),
    "ReadWritePaths=/var/lib/spiegelronde /var/lib/spiegelronde-keys",
)


def here(text: str) -> str:
    """Return a sample as it reads on this computer."""
    return text.replace("/opt/spiegelronde/.venv", str(VENV))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_finds_nothing_wrong_with_a_unit(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this computer")
    (tmp_path / unit.name).write_text(here(unit.read_text()))
    verdict = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name], capture_output=True, text=True, timeout=60
    )
    about_it = [line for line in (verdict.stdout + verdict.stderr).splitlines() if unit.name in line]
    assert (verdict.returncode, about_it) == (0, []), verdict.stderr


def test_systemd_would_find_a_mistake_in_a_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this computer")
    wrong = here(UNITS[0].read_text()).replace("ExecStart=/", "ExecStart=/no").replace("UMask=", "UMasker=")
    (tmp_path / "wrong.service").write_text(wrong)
    verdict = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "wrong.service"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "UMasker" in verdict.stderr
    assert verdict.returncode != 0


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_lets_the_program_have_two_folders_and_no_more(unit: Path) -> None:
    assert set(HARDENED) <= set(unit.read_text().splitlines())


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_the_folder_of_a_log_is_made_before_the_unit_is_started(unit: Path) -> None:
    """Systemd opens what `append:` names before it makes LogsDirectory, and without the folder nothing starts."""
    before_the_start, _, _ = (REPOSITORY / "docs" / "running.md").read_text().partition("systemctl enable")
    made = re.findall(
        r"^sudo install -d -m 0700 -o spiegelronde -g spiegelronde (/\S+)", before_the_start, re.MULTILINE
    )
    [log] = re.findall(r"=append:(\S+)$", unit.read_text(), re.MULTILINE)
    assert str(Path(log).parent) in made


def test_the_sample_settings_are_settings() -> None:
    names = set(re.findall(r"^(?:# )?(SURVEY_\w+)=", (SAMPLES / "settings").read_text(), re.MULTILINE))
    assert names <= {setting.name for setting in SETTINGS}
    assert len(names) >= 8


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def line_of(unit: str, port: int) -> list[str]:
    """Return what a unit starts, on this computer and on a port of its own."""
    [line] = re.findall(r"^ExecStart=(.+)$", (SAMPLES / f"{unit}.service").read_text(), re.MULTILINE)
    words = shlex.split(
        here(line).replace("--port 8000", f"--port {port}").replace("application()", "application\\(\\)")
    )
    return [*words, "--bind", f"127.0.0.1:{port}"] if "gunicorn" in words[0] else words


@contextlib.contextmanager
def started(words: list[str], environment: dict[str, str]) -> Iterator[None]:
    plain = {name: text for name, text in os.environ.items() if not name.startswith("SURVEY_")}
    process = subprocess.Popen(words, env=plain | environment, stdout=subprocess.DEVNULL)
    try:
        yield
        assert process.poll() is None
    finally:
        process.terminate()
        assert process.wait(timeout=40) == 0


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "SURVEY_DATA": f"{tmp_path}/data",
        "SURVEY_KEYS": f"{tmp_path}/keys",
        "SURVEY_URL": "https://spiegel.example.nl",
        "SURVEY_SECRET_KEYS": "9f2c6b1de07a4853b5c1f0e7d2a96843",
        "SURVEY_TRUSTED_PROXIES": "1",
    }


def told(port: int, path: str) -> str:
    with Browser(port) as browser:
        browser._headers["Host"] = "spiegel.example.nl"
        try:
            return browser.ask(path, "GET", path)
        except OSError:
            return ""


def wait_until_told(port: int, path: str, word: str) -> str:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        text = told(port, path)
        if text.startswith(word):
            return text
        time.sleep(0.2)
    raise AssertionError(f"{path} never said {word}")


@pytest.mark.parametrize("units", [("spiegelronde",), ("spiegelronde-pages", "spiegelronde-worker")], ids=" and ".join)
def test_what_the_units_start_answers_pages_and_works(units: tuple[str, ...], environment: dict[str, str]) -> None:
    port = free_port()
    with contextlib.ExitStack() as running:
        for unit in units:
            running.enter_context(started(line_of(unit, port), environment))
        assert wait_until_told(port, "/health/ready", "ready") == "ready\ndatabase: well\nschema: well\nkeys: well\n"
        assert wait_until_told(port, "/health/work", "working") == "working\nworker: well\nmail: well\n"


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "spiegel.example.nl")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "fullchain.pem", folder / "privkey.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, private


def behind_nginx(folder: Path, pages: int, front: int) -> list[str]:
    chain, private = certificate(folder)
    sample = (SAMPLES / "nginx.conf").read_text()
    for old, new in (
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl;\n", ""),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{front} ssl;"),
        ("127.0.0.1:8000;\n        proxy_http", f"127.0.0.1:{pages};\n        proxy_http"),
        ("/etc/ssl/spiegel.example.nl/fullchain.pem", str(chain)),
        ("/etc/ssl/spiegel.example.nl/privkey.pem", str(private)),
    ):
        assert old in sample, old
        sample = sample.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"daemon off; master_process off; pid {folder}/pid; events {{}}\nhttp {{\n{temporary}{sample}\n}}\n"
    (folder / "nginx.conf").write_text(whole)
    return [shutil.which("nginx") or "", "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]


def behind_caddy(folder: Path, pages: int, front: int) -> list[str]:
    sample = (SAMPLES / "Caddyfile").read_text()
    for old, new in (
        ("\n{\n\tlog", "\n{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\tlog"),
        ("\nspiegel.example.nl {", f"\nhttps://spiegel.example.nl:{front} {{\n\ttls internal"),
        ("reverse_proxy 127.0.0.1:8000", f"reverse_proxy 127.0.0.1:{pages}"),
    ):
        assert old in sample, old
        sample = sample.replace(old, new)
    (folder / "Caddyfile").write_text(sample)
    return [shutil.which("caddy") or "", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
def test_a_proxy_as_in_the_sample_passes_visitors_on_and_writes_nothing_down(
    proxy: str, environment: dict[str, str], tmp_path: Path
) -> None:
    if shutil.which(proxy) is None:
        pytest.skip(f"no {proxy} on this computer")
    if shutil.which("curl") is None:
        pytest.skip("no curl on this computer")
    folder = tmp_path / proxy
    folder.mkdir()
    pages, front = free_port(), free_port()
    words = {"nginx": behind_nginx, "caddy": behind_caddy}[proxy](folder, pages, front)
    home = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder)}
    with started(line_of("spiegelronde", pages), environment):
        wait_until_told(pages, "/health/ready", "ready")
        with (folder / "said").open("w") as said:
            server = subprocess.Popen(words, env=home, stdout=said, stderr=said)
        try:
            wait_for_port(front)
            found = [
                asked(front, path, *more)
                for path, more in (
                    ("/health/ready", ()),
                    ("/u/iemands-link", ()),
                    ("/u/iemands-link", ("--data-binary", "@" + str(a_large_file(tmp_path)))),
                    ("/metrics", ()),
                )
            ]
        finally:
            server.terminate()
            server.wait(timeout=30)
        assert found[0] == "ready\n200"
        too_large = found.pop(2)[-3:]
        assert too_large in ("413", "000")  # refused in words, or the connection cut while it was still sending
        assert [answer[-3:] for answer in found[1:]] == ["404", "404"]
    assert [file for file in folder.rglob("*") if file.is_file() and b"iemands-link" in file.read_bytes()] == []


def a_large_file(folder: Path) -> Path:
    file = folder / "large"
    file.write_bytes(b"x" * 2_000_000)
    return file


def wait_for_port(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise AssertionError("the proxy does not answer")


def asked(port: int, path: str, *more: str) -> str:
    """Return body and status, asked by curl as the host of the sample."""
    answer = subprocess.run(
        [
            *("curl", "--silent", "--insecure", "--max-time", "20", "--write-out", "%{http_code}", *more),
            *("--resolve", f"spiegel.example.nl:{port}:127.0.0.1", f"https://spiegel.example.nl:{port}{path}"),
        ],
        capture_output=True,
        text=True,
        timeout=30,
    )
    return answer.stdout
