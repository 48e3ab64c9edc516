package io.breakwater.iceberg;

import org.apache.spark.sql.SparkSessionExtensions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function1;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Adds Breakwater's procedures to every Iceberg catalog of a Spark session, as {@code CALL
 * catalog.system.procedure(...)}.
 *
 * <p>Name it in {@code spark.sql.extensions} beside Iceberg's own extension, in either order:
 *
 * <pre>
 * spark.sql.extensions  io.breakwater.iceberg.BreakwaterExtensions,org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions
 * </pre>
 *
 * <p>Listed second, the parser here sees each statement before Iceberg's and resolves the call
 * itself. Listed first, Iceberg's parser is in front: it hands over every {@code CALL} that names
 * none of its own procedures, and parses the others, for which the rule here comes before
 * Iceberg's.
 *
 * <p>Without Iceberg on the class path this does nothing but say so in the log.
 */
public final class BreakwaterExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit>
    implements Function1<SparkSessionExtensions, BoxedUnit> {
  /** Iceberg's own extension, which plans and runs a resolved call. */
  static final String ICEBERG_EXTENSION =
      "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions";

  private static final Logger LOG = LoggerFactory.getLogger(BreakwaterExtensions.class);

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    if (icebergIsThere()) {
      extensions.injectParser((spark, delegate) -> new CallParser(spark, delegate));
      extensions.injectResolutionRule(ResolveCall::new);
    } else {
      LOG.error(
          "Cannot add Breakwater's procedures: Iceberg's Spark runtime is not on the class path"
              + " beside Breakwater; add iceberg-spark-runtime to spark.jars or --packages");
    }
    return BoxedUnit.UNIT;
  }

  private static boolean icebergIsThere() {
    try {
      Class.forName(ICEBERG_EXTENSION, false, BreakwaterExtensions.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      LOG.debug("{} is not there", ICEBERG_EXTENSION, e);
      return false;
    }
  }
}
