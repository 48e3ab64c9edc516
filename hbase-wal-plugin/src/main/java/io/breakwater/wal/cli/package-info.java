/**
 * {@code breakwater-wal}, the operator's program: what is in the workspaces, whether it is whole,
 * and what can be done about it when HBase is down.
 */
package io.breakwater.wal.cli;
