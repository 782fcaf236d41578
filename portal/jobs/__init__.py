"""Work outside requests: rows are the record, Huey only wakes the worker."""
