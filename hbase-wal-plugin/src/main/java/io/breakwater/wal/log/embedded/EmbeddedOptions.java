package io.breakwater.wal.log.embedded;

/**
 * How the embedded engine writes.
 *
 * @param fsync whether an append is forced to the disk before it is acknowledged; without it
 *     acknowledged appends survive the death of any process but not of the machine
 * @param maxPendingBytes bytes that may wait for their acknowledgement per log before {@code
 *     append} blocks
 */
public record EmbeddedOptions(boolean fsync, long maxPendingBytes) {}
