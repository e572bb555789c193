"""How anything learns here: one loop, its optimisers, its schedule, its checkpoints and its log."""
