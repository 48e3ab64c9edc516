package io.breakwater.wal.log;

/**
 * What stands at a path of a {@link Workspace}.
 *
 * @param path the absolute path
 * @param directory true for a directory, false for a log
 * @param sealed true for a log whose length is final
 * @param length bytes in the log: the sealed length, or what a reader would see now; 0 for a
 *     directory
 * @param modificationTime milliseconds since the epoch
 */
public record PathStatus(
    String path, boolean directory, boolean sealed, long length, long modificationTime) {}
