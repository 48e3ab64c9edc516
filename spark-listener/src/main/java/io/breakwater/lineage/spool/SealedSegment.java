package io.breakwater.lineage.spool;

import java.nio.file.Path;

/**
 * A segment that no one writes any more.
 *
 * @param number its number in the driver's directory, from 1
 * @param file its bytes; gone once all of its records are delivered
 */
public record SealedSegment(long number, Path file) {}
