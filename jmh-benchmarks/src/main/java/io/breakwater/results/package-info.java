/**
 * Files of results: how a benchmark writes what it found and under which conditions, and how the
 * page {@code docs/benchmarks.md} shows it.
 */
package io.breakwater.results;
