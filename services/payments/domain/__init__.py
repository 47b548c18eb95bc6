"""The rules of payments, pure. Read: bill, policy, commands, events, payment; payrun; aba (the file)."""
