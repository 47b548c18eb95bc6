"""Orders, receipts and invoices as matching reads them, from UBL and from JSON."""
