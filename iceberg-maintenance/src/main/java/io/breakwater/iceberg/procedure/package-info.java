/**
 * One class per {@code CALL}: its arguments, its result columns, nothing else.
 *
 * <p>What a procedure does is planned in {@link io.breakwater.iceberg.plan} and done in {@link
 * io.breakwater.iceberg.run}.
 */
package io.breakwater.iceberg.procedure;
