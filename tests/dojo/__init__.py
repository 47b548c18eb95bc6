"""AgentDojo's injection tasks with a model that obeys whoever spoke last, through guard, grants and people."""
