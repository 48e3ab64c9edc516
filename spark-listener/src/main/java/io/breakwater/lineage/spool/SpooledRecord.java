package io.breakwater.lineage.spool;

/**
 * One record that waits for delivery.
 *
 * @param payload the bytes that were appended
 * @param end the position behind the record: what {@link Backlog#delivered} makes the cursor
 */
@SuppressWarnings("ArrayRecordComponent") // Records are not compared.
public record SpooledRecord(byte[] payload, Position end) {}
