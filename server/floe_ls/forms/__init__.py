"""Alternative spellings folded into one canonical tree, in which every node keeps the author's range."""
