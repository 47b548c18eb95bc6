"""Approvals: asks people about one exact action and tells everyone their answer.

Agent: none; plain rules decide. Knows no other feature: whoever needs people publishes
`<feature>.approval_requested.v1` (finnest.asking) and listens to `approvals.approved|rejected|expired.v1`;
`<feature>.approval_withdrawn.v1` takes the question back.
Keeps: one stream per request, with every decision and reason.
"""
