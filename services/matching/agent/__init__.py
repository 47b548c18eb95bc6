"""The matcher: decides orders, deliveries and matches, and performs what they start."""
