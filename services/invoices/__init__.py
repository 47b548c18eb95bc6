"""Invoices: takes UBL invoices and credit notes, judges them by the official rules, keeps each one's life.

Agent: clerk. Publishes what it finds out about a document, and what its supplier is told; listens to
`suppliers`, `matching`, `payments` and `approvals` for the rest of the story.
Keeps: one stream per document (its id is the hash of its bytes), the bytes, the report and the responses by
hash; one per supplier and amount (`tot-`), by which bills that look alike are found.
Read: README.md, domain/ (the life), documents/ (what a document says), judging/ (the rules, in worker processes).
"""
