"""Lays out what goes into a feature's image, and nothing else.

python -m finnest.dev.kubernetes.image invoices OUT

Below OUT/opt/finnest: `app` (the code that the feature can reach), `site` (the packages that this code needs, as
installed from requirements.lock), `compiled` (both as bytecode), `cache` (what the feature fetches once), `home` (where
settings are mounted).
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import py_compile
import shutil
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from finnest.dev.home import REPO
from finnest.dev.runtime import cache_root
from finnest.ids import digest
from finnest.manifest import discover, read

ROOTS = ("finnest.dev.kubernetes.pod", "finnest.cli.__main__", "finnest.cli.bus")
"""What is started in a pod, or loaded by name."""
LOADED = ("httptools", "pg8000", "tzdata")
"""Packages that are loaded without an import."""
PLACES = ("shared", ".")
KEPT = cache_root() / "bytecode"
UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH
MOUNTED = {"keys.json": "/etc/finnest/keys/keys.json", "policy": "/etc/finnest/policy"}
"""Name in the home → where Kubernetes puts it."""


def main(feature: str, out: Path) -> None:
    """Lay the feature out below a folder."""
    top = out / "opt" / "finnest"
    own = [_module(path) for path in sorted((REPO / "services" / feature).rglob("*.py"))]
    files, imported = reachable([*ROOTS, *own], REPO)
    copy_code(files, feature, top / "app")
    for distribution in needed(imported, REPO):
        _copy_distribution(distribution, top / "site")
    manifest = read(REPO / "services" / feature / "feature.yaml")
    (top / "cache").mkdir(parents=True)
    if manifest.setup:
        module, _, function = manifest.setup.partition(":")
        getattr(importlib.import_module(module), function)(top / "cache", print)
    (top / "home" / "data").mkdir(parents=True)
    for name, target in MOUNTED.items():
        (top / "home" / name).symlink_to(target)
    for path in [*(top / "app").rglob("*.py"), *(top / "site").rglob("*.py")]:
        _compile(path, out, top)
    for path in top.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)


def reachable(roots: Sequence[str], repo: Path) -> tuple[set[Path], set[str]]:
    """Return our files that the modules lead to, and the names of all other packages that these import."""
    files: set[Path] = set()
    others: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        found = _file(name, repo)
        if found is None:
            others.add(name.partition(".")[0])
        elif found not in files:
            files.add(found)
            waiting += _imports(found)
            if "." in name:
                waiting.append(name.rpartition(".")[0])
    return files, others - {"finnest", "services"} - sys.stdlib_module_names


def needed(imported: set[str], repo: Path) -> list[metadata.Distribution]:
    """Return the distributions of the imported packages with all that they need; extras as the project asks."""
    modules = metadata.packages_distributions()
    names: set[str] = {canonicalize_name(one) for name in imported for one in modules.get(name, ())}
    project = tomllib.loads((repo / "pyproject.toml").read_text())["project"]
    dependencies = [Requirement(line) for line in project["dependencies"]]
    asked: dict[str, Requirement] = {canonicalize_name(one.name): one for one in dependencies}
    waiting = [asked.get(name, Requirement(name)) for name in {*names, *LOADED}]
    found: dict[str, metadata.Distribution] = {}
    done: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) not in done:
                done.add((name, extra))
                found[name] = metadata.distribution(name)
                waiting += _required(found[name], extra)
    return [found[name] for name in sorted(found)]


def _required(distribution: metadata.Distribution, extra: str) -> Iterator[Requirement]:
    environment: Mapping[str, str] = {"extra": extra}
    for line in distribution.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(dict(environment)):
            yield requirement


def _module(path: Path) -> str:
    parts = path.relative_to(REPO).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _top(name: str) -> str:
    return name.partition(".")[0]


def _file(name: str, repo: Path) -> Path | None:
    if _top(name) not in ("finnest", "services"):
        return None
    for place in PLACES:
        path = repo / place / Path(*name.split("."))
        for candidate in (path.with_suffix(".py"), path / "__init__.py"):
            if candidate.exists():
                return candidate.resolve()
    return None


def _imports(path: Path) -> Iterator[str]:
    """Return every module that a file may import; of `from a import b` both `a` and `a.b`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (
                str(arg.value) for arg in node.args if isinstance(arg, ast.Constant) and _is_name(arg.value)
            )


def _compile(path: Path, out: Path, top: Path) -> None:
    """Compile a file to where `PYTHONPYCACHEPREFIX` has it; what cannot be compiled is left as it is.

    What was compiled before, for another feature's image or the last one, is taken from the cache.
    """
    there = path.relative_to(out)
    kept = (
        KEPT / sys.implementation.cache_tag / digest(str(there), path.read_text("utf-8", "surrogateescape"))
    )
    if not kept.exists():
        with contextlib.suppress(py_compile.PyCompileError):
            py_compile.compile(str(path), str(kept), f"/{there}", doraise=True, invalidation_mode=UNCHECKED)
    if kept.exists():
        _copy(kept, top / "compiled" / there.with_suffix(f".{sys.implementation.cache_tag}.pyc"))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and all(part.isidentifier() for part in value.split("."))


def copy_code(files: set[Path], feature: str, app: Path) -> None:
    """Copy modules, the settings that some have beside them under their name, and all that the feature has."""
    for path in sorted(files):
        for one in (path, path.with_suffix(".yaml")):
            if one.exists():
                _copy(one, app / one.relative_to(REPO))
    for path in (REPO / "services" / feature).rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            _copy(path, app / path.relative_to(REPO))
    for manifest in discover(REPO / "services"):
        path = Path("services") / manifest.name / "feature.yaml"
        _copy(REPO / path, app / path)


def _copy_distribution(distribution: metadata.Distribution, site: Path) -> None:
    for file in distribution.files or ():
        source = Path(str(distribution.locate_file(file)))
        outside = ".." in file.parts or "__pycache__" in file.parts
        if not outside and source.is_file():
            _copy(source, site / file)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
