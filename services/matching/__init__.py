"""Matching: compares every invoice with what was ordered and what came, line by line.

Agent: matcher. Takes orders, order responses and receipts over the API, and invoices from
`invoices.validated.v1`. Publishes `matching.matched.v1` (the invoice's data as it came: it may be paid),
`matching.waiting.v1` (its order or receipt is missing) and `matching.exception.v1` (a mismatch that a person
or a corrected document closes).
Keeps: a stream per order (`ord-`, with the quantities that fence everything), per delivery (`rct-`) and per
invoice (`mat-`). Calls `invoices` for the documents of invoices (without an answer the effect is tried again)
and to have UBL orders and deliveries judged by the official rules (without an answer nothing is taken: 503).
"""
