"""Payments: pays approved invoices exactly once.

Agent: treasurer (`agent`); what needs people stands in `policy.yaml`.
Consumes: `matching.matched.v1`, the answers of approvals, and what suppliers says about bank accounts and blocks.
Publishes: each step of a payment (`payments.proposed.v1` … `payments.paid.v1`) and of a pay run.
Keeps: one stream per payment (`pay-…`) and per pay run (`run-…`); a workflow arranges each of them and
holds no truth. Two fences keep a payment out of a second file: its own stream, and the claim `file/<id>`,
which a stop takes too: so what is stopped before the file is in no file.
A supplier has one stream (`pye-…`): while it is blocked, or people decide about another account, its payments
that are in no file wait. Credit notes have one stream per supplier (`bal-…`): reserved when a run takes a payment, used when it is
paid, released when it is not.
"""
