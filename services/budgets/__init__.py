"""Budgets: what agents may spend - reserve and settle over tenant, feature, agent, user and thread.

Agent: none. Asked by every agent before a model is. Keeps: one stream per tenant, with all its limits.
"""
