/**
 * Envelope encryption of logs: each log has a data key of its own, which is stored with the log's
 * metadata, wrapped with a master key that never leaves its provider.
 */
package io.breakwater.wal.crypto;
