"""A run of an agent beside others': question, one tool, answer, with a model that answers at once."""
