"""Gateway: the way in for people and external apps - identity, tenant, admission, idempotency, one API.

Agent: none. Knows features only by their manifests: a public path is let in because a manifest says so.
Keeps: the answers to idempotency keys, in its own store.
"""
