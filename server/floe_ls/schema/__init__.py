"""What may be written: the fields of floe's files, and everything that is known of each of them."""
