/**
 * Logs as sequences of ledgers of Apache BookKeeper, and their names in its ZooKeeper.
 *
 * <p>{@code Catalog} holds the names and what is known of each log, {@code LedgerAppender} writes,
 * {@code LogRecovery} fences and seals, {@code LedgerReader} reads.
 */
package io.breakwater.wal.log.bookkeeper;
