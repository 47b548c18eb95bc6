#!/usr/bin/env bash
# raise.sh LAB_FOLDER: the lab's node with Dapr, a Gateway, the features' images and the platform of k8s/tests/lab.
# Idempotent; what is built is kept. Ends with every feature ready, or with a message.
set -euo pipefail
REPO=$(cd "$(dirname "$0")/../.." && pwd)
FOLDER=$(cd "$1" && pwd)
. "$FOLDER/lab.env"
PYTHON=${PYTHON:-python3}
export PYTHONPATH=$REPO/shared:$REPO FINNEST_LAB=$FOLDER

"$FOLDER/build.sh" 3
"$FOLDER/images.sh" all
[ -e "$IMG/traefik.tar" ] || "$FOLDER/build-gateway.sh"

# Images: features anew when the source is newer; broker and database once, from what this machine has.
newest=$(find "$REPO/services" "$REPO/shared/finnest" "$REPO/Dockerfile" -newer "$IMG/finnest-gateway.tar" -name '*.[pyD]*' -print -quit 2>/dev/null || echo new)
[ -z "$newest" ] || "$PYTHON" -m finnest.cli images
if [ ! -e "$IMG/nats.tar" ]; then
  nats=$("$PYTHON" -c 'from finnest.dev import runtime; print(runtime.ensure(lambda _: None).nats)')
  python3 "$FOLDER/mkimage.py" "$IMG/nats.tar" lab.local/nats:1 --add "$nats=/nats-server" \
    --entrypoint '["/nats-server"]' --user 10002:10002
fi
[ -e "$IMG/postgres.tar" ] || "$REPO/tests/cluster/postgres_image.sh" "$FOLDER"

"$FOLDER/up.sh"
# Rules that an ended enforcer left behind know no new pod.
nsenter -t "$(nspid)" -n nft delete table inet labnp 2>/dev/null || true
values=$(mktemp); trap 'rm -f "$values"' EXIT
sed 's/ha: {enabled: true}/ha: {enabled: false}/' "$REPO/k8s/dapr/values.yaml" >"$values"
domain=$("$PYTHON" -c 'import sys, yaml; print(yaml.safe_load(open(sys.argv[1]))["global"]["mtls"]["controlPlaneTrustDomain"])' "$values")
# The chart leaves an existing `daprsystem` as it is, and dapr-up.sh makes it with the lab's own trust domain.
# Made once: a second time the CRDs, which the operator has changed, would be in its way.
if ! k -n dapr-system get deploy dapr-sidecar-injector -o yaml 2>/dev/null | grep -A1 DROP_ALL | grep -q true; then
  "$FOLDER/dapr-up.sh" >/dev/null
  k -n dapr-system patch configuration.dapr.io daprsystem --type merge \
    -p "{\"spec\":{\"mtls\":{\"controlPlaneTrustDomain\":\"$domain\"}}}" >/dev/null
  chart=$(cd "$LAB/build/dapr" && GOFLAGS=-mod=mod go list -m -f '{{.Dir}}' github.com/dapr/dapr)/charts/dapr
  nsenter -t "$(nspid)" -n -- env KUBECONFIG="$RUN/pki/admin.kubeconfig" HELM_CACHE_HOME="$LAB/helm-cache" \
    "$BIN/helm" upgrade dapr "$chart" -n dapr-system --skip-crds -f "$FOLDER/manifests/dapr-values.yaml" -f "$values" \
    --set "global.tag=${DAPR_VERSION#v}" >/dev/null
  k -n dapr-system delete pod --all --grace-period=1 >/dev/null
fi
for one in deploy/dapr-operator deploy/dapr-sentry deploy/dapr-sidecar-injector statefulset/dapr-scheduler-server statefulset/dapr-placement-server; do
  k -n dapr-system rollout status "$one" --timeout=120s >/dev/null
done

gateway_api=$(cd "$(mktemp -d)" && GOFLAGS=-mod=mod go mod download -json sigs.k8s.io/gateway-api@v1.6.3 | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
for file in "$gateway_api"/config/crd/standard/*.yaml; do
  grep -q 'kind: CustomResourceDefinition' "$file" && k apply --server-side -f "$file" >/dev/null
done
# The sample's controller, without its own Gateway and route, and with the label that lets it in.
"$PYTHON" - "$FOLDER/sample/gateway.yaml" <<'P' | k apply -f - >/dev/null
import sys, yaml
for one in yaml.safe_load_all(open(sys.argv[1])):
    if one["kind"] == "Namespace":
        one["metadata"]["labels"] = {"finnest/ingress": "allowed"}
    if one["kind"] == "GatewayClass":
        one["metadata"]["name"] = "finnest"
    if one["kind"] not in ("Gateway", "HTTPRoute"):
        print("---\n" + yaml.safe_dump(one))
P

# Volumes of broker and database: the lab has no provisioner.
for number in 0 1; do
  mkdir -p "$RUN/volumes/$number"
  k get pv "lab-$number" >/dev/null 2>&1 || k apply -f - >/dev/null <<V
apiVersion: v1
kind: PersistentVolume
metadata: {name: lab-$number}
spec:
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOncePod]
  persistentVolumeReclaimPolicy: Retain
  local: {path: $RUN/volumes/$number}
  nodeAffinity:
    required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [$NODE]}]}]}
V
done

k apply -f "$REPO/k8s/components/namespace/namespace.yaml" >/dev/null
k -n finnest get secret developer-key >/dev/null 2>&1 || "$PYTHON" -m finnest.cli secrets | k create -f - >/dev/null
k delete job -n finnest --all --ignore-not-found >/dev/null
"$BIN/kubectl" kustomize "$REPO/k8s/tests/lab" | k apply --validate=strict -f - >/dev/null
k -n finnest wait --for=condition=complete job --all --timeout=120s >/dev/null
k -n finnest wait --for=condition=available deploy --all --timeout=180s
