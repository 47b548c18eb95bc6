"""The steward: opens suppliers, vets their invoices, and lets nobody change an account alone."""
