"""The treasurer: decides what a payment does next. Read: treasurer (what needs judgement), steps."""
