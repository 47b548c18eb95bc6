"""What a supplier is: identity, account, life. Pure values."""
