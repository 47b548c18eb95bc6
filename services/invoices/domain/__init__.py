"""The life of an invoice until it is known whether it may be paid. Pure values and rules."""
