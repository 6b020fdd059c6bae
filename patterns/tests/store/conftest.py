from patterns.tests.store.scratch import scratch, unmigrated

__all__ = ["scratch", "unmigrated"]
