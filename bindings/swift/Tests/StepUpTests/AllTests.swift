import Testing

/// Everything, one after the other: tests watch the clock, threads and memory of the one process they share.
@Suite(.serialized) struct AllTests {}
