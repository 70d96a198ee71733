"""What a stranger gets: the README's commands run, `make demo` on a fresh folder, Ctrl-C that leaves nothing, compose files, locked requirements, no registry named."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
COMMAND = ROOT / ".venv" / "bin" / "mgramseva"
# Commands of the README that another test runs, or that are this run.
ELSEWHERE = {
    "make demo": "test_the_demo_answers_and_leaves_nothing",
    "make test": "this run",
    "make setup": "what installed this run; `make demo` runs it again",
    "make check": "test_make_check",
    "make": "test_make_lists_its_commands",
}
REGISTRIES = re.compile("|".join(["py" + "pi.org", "python" + "hosted", "npm" + "js.", "registry." + "yarn", "--index" + "-url", "/work" + "/main", "/work" + "/shared"]))


def tracked() -> list[Path]:
    """Every file that a commit would hold."""
    done = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail("the tests run in a git checkout")
    return [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    named = []
    for path in tracked():
        if path.suffix in (".ttf", ".png", ".npz", ".pdf") or path.name == "test_packaging.py":
            continue
        if REGISTRIES.search(path.read_text(encoding="utf-8", errors="ignore")):
            named.append(str(path.relative_to(ROOT)))
    assert named == []


@pytest.mark.parametrize("name", ["requirements/app.txt", "requirements/dev.txt", "nlu/requirements.txt"])
def test_requirements_are_locked_with_hashes(name: str) -> None:
    text = (ROOT / name).read_text()
    packages = re.findall(r"^[a-z0-9][^\s=]*==", text, re.M)
    assert len(packages) > 40
    assert text.count("--hash=sha256:") >= len(packages)


def readme_commands() -> list[str]:
    """Commands in the README's code blocks and tables."""
    text = (ROOT / "README.md").read_text()
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
    tables = "\n".join(re.findall(r"^\| `((?:make|\.venv/bin/mgramseva)[^`]*)`", text, re.M))
    return sorted({line.strip() for line in f"{blocks}\n{tables}".splitlines() if line.strip()})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder of its own, seeded small."""
    path = tmp_path_factory.mktemp("readme")
    done = subprocess.run([COMMAND, "seed", "--villages", "3", "--households", "12"], env=environment(path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    yield path


def environment(data_dir: Path) -> dict[str, str]:
    return {**{k: v for k, v in os.environ.items() if not k.startswith("MGRAMSEVA_")}, "MGRAMSEVA_DATA_DIR": str(data_dir)}


@pytest.mark.parametrize("command", readme_commands())
def test_a_command_of_the_readme_runs(command: str, folder: Path) -> None:
    if command in ELSEWHERE:
        return
    done = subprocess.run(command, shell=True, cwd=ROOT, env=environment(folder), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    if "--json" in command:
        json.loads(done.stdout.strip().splitlines()[-1])


def test_make_lists_its_commands() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"demo", "test", "check", "setup"} <= {line.split()[0] for line in done.stdout.splitlines() if line.strip()}


def test_make_check() -> None:
    done = subprocess.run(["make", "check"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-1000:]}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_naming(text: str) -> list[str]:
    """Running processes whose command line holds the text."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if text in command:
                found.append(command)
    return found


def nothing_left(data_dir: Path) -> list[str]:
    """Processes that still belong to the data folder a moment after its service ended; none, if all is well."""
    for _ in range(20):
        found = processes_naming(str(data_dir))
        if not found:
            break
        time.sleep(0.1)
    return found


def start_demo(data_dir: Path, port: int) -> tuple[subprocess.Popen[bytes], float]:
    """`make demo` until it answers; the process and the seconds it took."""
    began = time.monotonic()
    process = subprocess.Popen(["make", "demo", f"PORT={port}", "NLU=off"], cwd=ROOT, env=environment(data_dir), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    while time.monotonic() - began < 90:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=1)
            return process, time.monotonic() - began
        except OSError:
            assert process.poll() is None, process.stdout and process.stdout.read().decode()
            time.sleep(0.05)
    raise AssertionError("the demo did not become ready")


def stop_demo(process: subprocess.Popen[bytes]) -> str:
    """Ctrl-C: the signal goes to the whole group, as a terminal sends it."""
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=40)
    return out.decode()


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_the_demo_answers_and_leaves_nothing(tmp_path: Path) -> None:
    data_dir, port = tmp_path / "a folder with spaces" / "var", free_port()
    process, first = start_demo(data_dir, port)
    body = json.dumps({"channel": "whatsapp", "phone": "+919000000001", "text": "bill"}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/simulator/say", body, {"Content-Type": "application/json"})
    assert urllib.request.urlopen(request, timeout=10).status == 200
    said = stop_demo(process)
    assert "admin password: " in said
    assert "understanding: built-in" in said
    assert nothing_left(data_dir) == []
    process, second = start_demo(data_dir, port)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process, third = start_demo(data_dir, port)
    stop_demo(process)
    verified = subprocess.run([COMMAND, "verify"], env=environment(data_dir), capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout
    assert nothing_left(data_dir) == []
    print(f"first start {first:.1f} s, second {second:.1f} s, after a kill {third:.1f} s")
    assert first < 90
    assert third < 15


def test_compose_names_what_exists_and_has_no_default_secret() -> None:
    compose = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())
    assert {"app", "worker", "nlu", "postgres"} == set(compose["services"])
    for service in ("app", "worker"):
        command = compose["services"][service]["command"]
        assert command[:3] == ["python", "-m", "bot.cli"]
        done = subprocess.run([ROOT / ".venv" / "bin" / "python", *command[1:4], "--help"], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
        assert done.returncode == 0
        for name, value in compose["services"][service]["environment"].items():
            if any(word in name for word in ("SECRET", "KEY", "TOKEN", "PASSWORD")):
                assert ":?" in value or value.endswith(":-}"), name
    assert (ROOT / "deploy" / "roles.sh").stat().st_mode & 0o111


def test_a_bad_setting_is_refused_with_every_fault_at_once(tmp_path: Path) -> None:
    bad = {**environment(tmp_path), "MGRAMSEVA_DATABASE_POOL": "many", "MGRAMSEVA_NO_SUCH": "1", "MGRAMSEVA_ENV": "production"}
    done = subprocess.run([COMMAND, "check-config"], env=bad, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "MGRAMSEVA_DATABASE_POOL" in done.stderr
    assert "MGRAMSEVA_NO_SUCH" in done.stderr
