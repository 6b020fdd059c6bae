from patterns.tests.sync.scratch import scratch, unmigrated

__all__ = ["scratch", "unmigrated"]
