"""What is written: YAML as a tree that survives half-typed text and shares what stays."""
