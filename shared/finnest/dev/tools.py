"""Programs that only checks need, built as the runtime is and pinned by `k8s/tools/*/go.sum`."""

from __future__ import annotations

from finnest.dev.home import REPO
from finnest.dev.pins import GoModule

FOLDER = REPO / "k8s" / "tools"
KUSTOMIZE = GoModule(
    name="kustomize",
    folder=FOLDER / "kustomize",
    upstream="sigs.k8s.io/kustomize/kustomize/v5",
    binaries={"kustomize": "sigs.k8s.io/kustomize/kustomize/v5"},
    kind="tool",
)
KUBE_SCORE = GoModule(
    name="kube-score",
    folder=FOLDER / "kube-score",
    upstream="github.com/zegl/kube-score",
    binaries={"kube-score": "github.com/zegl/kube-score/cmd/kube-score"},
    kind="tool",
)
