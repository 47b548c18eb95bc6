"""Suppliers: who is paid, and to which account; a changed account waits for two people.

Agent: steward. Hears `invoices.validated.v1` and answers for each invoice: `suppliers.vetted.v1` when it
may go on, `suppliers.held.v1` with the reason when not. What was held is vetted again when the supplier
changes. Hears `matching.order_recorded.v1` too: who is ordered from is known.
Keeps: one stream per supplier (its id comes from ABN or NZBN, or from the name where there is none).
Read: domain/identity.py, domain/supplier.py (the state), agent/ (the rules).
"""
