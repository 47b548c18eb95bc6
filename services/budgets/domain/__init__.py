"""Budgets: `messages` are what they take and say, `budget` the rules."""
