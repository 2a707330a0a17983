"""How a component gets better: adapters and, on top of them, the trainers."""
