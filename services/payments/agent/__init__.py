"""The treasurer: decides what a payment does next. Read: treasurer, asking (who must agree), steps, bank."""
