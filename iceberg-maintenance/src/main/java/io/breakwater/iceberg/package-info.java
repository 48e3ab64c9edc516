/** The Spark session extension that users name in {@code spark.sql.extensions}. */
package io.breakwater.iceberg;
