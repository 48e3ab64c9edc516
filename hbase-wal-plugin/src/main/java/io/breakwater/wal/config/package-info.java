/** What users configure, and the choice of the engine that follows from it. */
package io.breakwater.wal.config;
