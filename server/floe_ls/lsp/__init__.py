"""Speaks the Language Server Protocol. Every answer comes from `ide`; here it only changes its form."""
