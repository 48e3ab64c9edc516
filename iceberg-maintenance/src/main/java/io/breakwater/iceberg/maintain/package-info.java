/**
 * The maintenance that one schedules: which of the other procedures are due, in which order, and
 * how much of them fits into a budget.
 */
package io.breakwater.iceberg.maintain;
