/**
 * Random histories of a table that is maintained and of its twin that is not: whatever users do,
 * and whichever procedures run between or beside, both must give the same answers.
 */
package io.breakwater.iceberg.history;
