"""Many files: who inherits from whom. Pure."""
