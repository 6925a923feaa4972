"""Language server for floe's layered manifests and data products."""

__version__ = "0.1.0"
