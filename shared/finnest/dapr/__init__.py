"""Adapters to the Dapr sidecar: the only place that knows Dapr's API and SDK."""
