"""Makes the features' images: with an engine where there is one, else as archives with the lab's `mkimage.py`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from finnest.dev import natives, runtime
from finnest.dev.errors import SetupError
from finnest.dev.home import REPO, SERVICES
from finnest.dev.kubernetes.image import MOUNTED

ENGINES = ("docker", "podman", "buildah")
BASE = "base.tar"
SHARED = REPO / "Dockerfile"


def lab_folder(env: Mapping[str, str] = os.environ) -> Path | None:
    """Return the folder of the lab (a Kubernetes of one node): `FINNEST_LAB`, or `../shared/k8s` of this clone."""
    folder = Path(env.get("FINNEST_LAB") or REPO.parent / "shared" / "k8s")
    return folder if (folder / "mkimage.py").exists() else None


def lab_state(env: Mapping[str, str] = os.environ) -> Path:
    """Return where the lab keeps what it built (its variable `LAB`)."""
    return Path(env.get("LAB") or Path(tempfile.gettempdir()) / "k8slab")


def version() -> str:
    """Return the tag that images get."""
    return str(tomllib.loads((REPO / "pyproject.toml").read_text())["project"]["version"])


def build(features: Sequence[str], say: Callable[[str], None]) -> None:
    """Make an image of each feature.

    Raises:
        SetupError: There is neither an engine nor the lab, or a build failed.
    """
    engine = next((name for name in ENGINES if _works(name)), None)
    lab = lab_folder()
    if engine is None and lab is None:
        raise SetupError(
            f"None of {', '.join(ENGINES)} runs here, and there is no lab.",
            "Install one, or name the lab's folder: FINNEST_LAB=<folder> make images.",
        )
    for feature in features:
        if engine is not None:
            _with_engine(engine, feature)
            say(f"{feature}: finnest/{feature}:{version()}")
        elif lab is not None:
            archive, unpacked = _with_lab(lab, feature)
            size = archive.stat().st_size
            say(
                f"{feature}: {archive.name} {size >> 20} MiB packed, {unpacked >> 20} MiB of its own unpacked"
            )


def dockerfile(feature: str) -> Path:
    """Return the recipe of a feature's image: its own, where it is in another language, or the shared one."""
    own = SERVICES / feature / "Dockerfile"
    return own if own.exists() else SHARED


def _works(engine: str) -> bool:
    """Return whether an engine is installed, and its daemon, where it has one, answers."""
    if shutil.which(engine) is None:
        return False
    return subprocess.run([engine, "info"], capture_output=True, check=False).returncode == 0


def _with_engine(engine: str, feature: str) -> None:
    tag, own = f"finnest/{feature}:{version()}", dockerfile(feature)
    recipe = ["--build-arg", f"FEATURE={feature}"] if own == SHARED else ["--file", str(own)]
    _run([engine, "build", *recipe, "--tag", tag, str(own.parent)], feature)


def _with_lab(lab: Path, feature: str) -> tuple[Path, int]:
    images = lab_state() / "images"
    with tempfile.TemporaryDirectory(prefix="finnest-image-") as scratch:
        out = Path(scratch)
        base = (
            _lay_program(feature, out) if dockerfile(feature) != SHARED else _lay_python(feature, out, images)
        )
        unpacked = sum(path.lstat().st_size for path in out.rglob("*"))
        archive = images / f"finnest-{feature}.tar"
        fresh = images / f"finnest-{feature}.new"
        recipe = _recipe(dockerfile(feature))
        settings = [part for line in recipe.get("ENV", "").split() for part in ("--env", line)]
        command = [
            sys.executable,
            lab / "mkimage.py",
            fresh,
            f"docker.io/finnest/{feature}:{version()}",
            *base,
        ]
        command += ["--tree", f"{out / 'opt'}=/opt", "--user", recipe["USER"], "--workdir", recipe["WORKDIR"]]
        command += ["--entrypoint", recipe["ENTRYPOINT"], "--cmd", recipe["CMD"], *settings]
        _run([str(part) for part in command], feature)
        fresh.replace(archive)
    return archive, unpacked


def _lay_python(feature: str, out: Path, images: Path) -> list[str]:
    """Lay a Python feature out; return what its image is based on."""
    if not (images / BASE).exists():
        raise SetupError(
            f"The lab has no {BASE} yet.", "Make it: images.sh app (the lab's README says more)."
        )
    env = {**os.environ, "PYTHONPATH": f"{REPO / 'shared'}:{REPO}"}
    _run([sys.executable, "-m", "finnest.dev.kubernetes.image", feature, str(out)], feature, env)
    return ["--base", str(images / BASE)]


def _lay_program(feature: str, out: Path) -> list[str]:
    """Lay a program out as its Dockerfile does; it stands on nothing."""
    target = out / "opt" / "finnest"
    (target / "home" / "data").mkdir(parents=True)
    program = runtime.cached(natives.module_of(feature), lambda _: None, os.environ) / feature
    shutil.copy(program, target / feature)
    (target / "home" / "policy").symlink_to(MOUNTED["policy"])
    return []


def _recipe(dockerfile: Path) -> dict[str, str]:
    """Return what the last stage of a Dockerfile says of how the image runs."""
    text = dockerfile.read_text().replace("\\\n", " ").rpartition("\nFROM ")[2]
    return dict(re.findall(r"^(USER|WORKDIR|ENTRYPOINT|CMD|ENV) (.+)$", text, re.MULTILINE))


def _run(command: Sequence[str], feature: str, env: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise SetupError(
            f"The image of {feature} could not be made: {' '.join(last)}", "Nothing was replaced."
        )
