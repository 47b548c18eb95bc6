"""Agents that people talk to: tools, guard, runs, threads and models.

`tools` declares what an agent can do, `guard` says what it may, `runs` is the durable conversation, and a
model only proposes: nothing it says has an effect that guard and people have not allowed.
"""
