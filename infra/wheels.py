"""The third-party wheels of a function, for the Lambda platform rather than this machine.

Versions and hashes come from the root `requirements.txt`; a wheel that it does not list by hash is
refused. Wheels are kept in `.cache/wheels`, so only the first build needs the network.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from email import message_from_bytes
from functools import cached_property
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

PROVIDED = frozenset({"boto3", "botocore"})
"""What the Lambda runtime supplies; neither these nor what only they need is bundled."""

NOT_NEEDED = {
    "hubspot-api-client": frozenset({"requests"}),
    "email-validator": frozenset({"dnspython"}),  # addresses are never looked up
    "cffi": frozenset({"pycparser"}),  # cryptography loads the compiled half of cffi alone
}
"""What a package names and nothing that is bundled of it imports."""

_GLIBC = {11: 26}  # Amazon Linux 2; every later runtime stands on Amazon Linux 2023
_GLIBC_2023 = 34
_OLDEST_MANYLINUX = 17


class WheelError(RuntimeError):
    """A package cannot be had for the target: not pinned, no wheel, or another hash."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where wheels will run: Python 3's minor version and the machine (`aarch64`, `x86_64`)."""

    minor: int
    machine: str

    @property
    def tag(self) -> str:
        """A short name for folders and hashes."""
        return f"cp3{self.minor}-{self.machine}"

    @property
    def pip_options(self) -> tuple[str, ...]:
        """Return the options that make pip choose wheels for the target."""
        glibc = range(_GLIBC.get(self.minor, _GLIBC_2023), _OLDEST_MANYLINUX - 1, -1)
        names = [f"manylinux_2_{minor}" for minor in glibc] + ["manylinux2014"]
        platforms = [f"--platform={name}_{self.machine}" for name in names]
        abis = [f"--abi={abi}" for abi in (f"cp3{self.minor}", "abi3", "none")]
        return (f"--python-version=3.{self.minor}", "--implementation=cp", *abis, *platforms)

    @property
    def markers(self) -> dict[str, str]:
        """Return the environment in which a requirement's marker is judged (PEP 508)."""
        return {
            "python_version": f"3.{self.minor}",
            "python_full_version": f"3.{self.minor}.0",
            "implementation_version": f"3.{self.minor}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "platform_machine": self.machine,
            "platform_release": "",
            "platform_version": "",
            "extra": "",
        }


@dataclass(frozen=True)
class Lock:
    """The root requirements file: one version and its hashes for each package."""

    path: Path

    @cached_property
    def pins(self) -> dict[str, tuple[str, frozenset[str]]]:
        """Map a canonical name to its version and the SHA-256 digests that are accepted."""
        text = self.path.read_text(encoding="utf-8").replace("\\\n", " ")
        found = {}
        for line in text.splitlines():
            pinned = re.match(r"(?P<name>[\w.-]+)==(?P<version>[^\s;]+)", line)
            if pinned:
                hashes = frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
                found[canonicalize_name(pinned["name"])] = (pinned["version"], hashes)
        return {str(name): pin for name, pin in found.items()}


@dataclass(frozen=True)
class Wheelhouse:
    """The wheels of one target on disk."""

    folder: Path
    lock: Lock
    target: Target

    def closure(self, requirements: Path) -> tuple[Path, ...]:
        """Return the wheels of the named packages and of all that they need, sorted by file name.

        Raises `WheelError`.
        """
        lines = requirements.read_text(encoding="utf-8").splitlines()
        names = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
        chosen: dict[str, Path] = {}
        level = {str(canonicalize_name(r.name)) for r in names} - PROVIDED
        while level:
            self._fill(level)
            for name in level:
                chosen[name] = self._find(name) or _missing(name)
            needed = {
                need
                for name in level
                for need in self._needs(chosen[name]) - NOT_NEEDED.get(name, frozenset())
            }
            level = needed - PROVIDED - set(chosen)
        return tuple(sorted(chosen.values(), key=lambda path: path.name))

    def _needs(self, wheel: Path) -> set[str]:
        with zipfile.ZipFile(wheel) as archive:
            metadata = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
            wanted = message_from_bytes(archive.read(metadata)).get_all("Requires-Dist", [])
        return {
            str(canonicalize_name(need.name))
            for need in map(Requirement, wanted)
            if need.marker is None or need.marker.evaluate(self.target.markers)
        }

    @property
    def _place(self) -> Path:
        return self.folder / self.target.tag

    def _find(self, name: str) -> Path | None:
        version, hashes = self._pin(name)
        for wheel in sorted(self._place.glob("*.whl")):
            found, found_version, *_ = parse_wheel_filename(wheel.name)
            if found == name and str(found_version) == version:
                if hashlib.sha256(wheel.read_bytes()).hexdigest() not in hashes:
                    raise WheelError(f"{wheel.name}: its hash is not in {self.lock.path.name}")
                return wheel
        return None

    def _pin(self, name: str) -> tuple[str, frozenset[str]]:
        try:
            return self.lock.pins[name]
        except KeyError:
            raise WheelError(f"{name} is not pinned in {self.lock.path.name}") from None

    def _fill(self, names: set[str]) -> None:
        absent = sorted(name for name in names if self._find(name) is None)
        if not absent:
            return
        self._place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            wanted = Path(scratch, "wanted.txt")
            wanted.write_text("".join(self._line(name) for name in absent), encoding="utf-8")
            options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes")
            command = [sys.executable, "-m", "pip", "download", *options, "--only-binary=:all:"]
            command += [*self.target.pip_options, f"--dest={scratch}", f"--requirement={wanted}"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
            if done.returncode:
                raise WheelError(f"pip cannot fetch {', '.join(absent)}:\n{done.stderr}")
            for wheel in Path(scratch).glob("*.whl"):
                shutil.move(wheel, self._place / wheel.name)

    def _line(self, name: str) -> str:
        version, hashes = self._pin(name)
        accepted = " ".join(f"--hash=sha256:{digest}" for digest in sorted(hashes))
        return f"{name}=={version} {accepted}\n"


def _missing(name: str) -> Path:
    raise WheelError(f"{name}: pip fetched no wheel of the pinned version")
