"""Pure answers about a snapshot: findings, hover, completion. No I/O, no protocol."""
