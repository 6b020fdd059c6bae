"""The systems that the experiments run: their settings, their workload, their actors, and the pattern itself."""
