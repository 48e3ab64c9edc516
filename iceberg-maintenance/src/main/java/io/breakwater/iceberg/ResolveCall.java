package io.breakwater.iceberg;

import io.breakwater.iceberg.ProcedureCall.Given;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.CallArgument;
import org.apache.spark.sql.catalyst.plans.logical.CallStatement;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.NamedArgument;
import org.apache.spark.sql.catalyst.rules.Rule;
import scala.collection.JavaConverters;

/**
 * Resolves a call of ours that Iceberg's parser took: its text names a procedure of Iceberg too.
 */
final class ResolveCall extends Rule<LogicalPlan> {
  private final SparkSession spark;

  ResolveCall(SparkSession spark) {
    this.spark = spark;
  }

  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    if (plan instanceof CallStatement call) {
      List<String> name = JavaConverters.seqAsJavaList(call.name());
      if (CallText.isOurs(name)) {
        List<Given> arguments =
            JavaConverters.seqAsJavaList(call.args()).stream().map(ResolveCall::given).toList();
        return new ProcedureCall(spark).resolve(name, arguments);
      }
    }
    return plan;
  }

  private static Given given(CallArgument argument) {
    String name = argument instanceof NamedArgument named ? named.name() : null;
    return new Given(name, argument.expr());
  }
}
