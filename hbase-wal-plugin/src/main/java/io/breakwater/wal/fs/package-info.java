/**
 * Workspaces as a Hadoop file system, {@code bwal://workspace/path}, with what HBase needs of one
 * for its write-ahead logs: splitting, cleaning, replication and the tools read through it.
 */
package io.breakwater.wal.fs;
