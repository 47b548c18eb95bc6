"""What Kubernetes needs to run the features, each in pods of its own: written from the manifests (`finnest render`).

Everything here is a pure function from manifests to YAML; `pod.py` is what runs inside a pod.
"""
