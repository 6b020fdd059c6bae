from patterns.tests.sync.scratch import scratch

__all__ = ["scratch"]
