package io.breakwater.wal.log;

/**
 * Storage of a workspace that no log names: what a crash between two steps of a creation or a
 * deletion leaves behind.
 *
 * @param id what the engine calls it
 * @param bytes what it takes up
 * @param created when it was made, in milliseconds since the epoch
 */
public record Orphan(String id, long bytes, long created) {}
