from patterns.tests.store.scratch import scratch

__all__ = ["scratch"]
