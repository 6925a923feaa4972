"""The outside world: files, cache, registries, layout folders. What goes wrong is a `Failure`."""
