package io.breakwater.iceberg;

import io.breakwater.iceberg.ProcedureCall.Given;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.QueryContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.TableIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.parser.ParserInterface;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.trees.Origin;
import org.apache.spark.sql.internal.VariableSubstitution;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.Seq;

/** Parses the {@code CALL} of our procedures and leaves everything else to the parser behind. */
final class CallParser implements ParserInterface {
  private final SparkSession spark;
  private final ParserInterface delegate;

  CallParser(SparkSession spark, ParserInterface delegate) {
    this.spark = spark;
    this.delegate = delegate;
  }

  @Override
  public LogicalPlan parsePlan(String sqlText) throws ParseException {
    Optional<CallText> call = ours(sqlText);
    if (call.isEmpty()) {
      return delegate.parsePlan(sqlText);
    }
    List<Given> arguments = new ArrayList<>();
    for (CallText.Argument argument : call.get().arguments()) {
      arguments.add(new Given(argument.name(), delegate.parseExpression(argument.expression())));
    }
    return new ProcedureCall(spark).resolve(call.get().name(), arguments);
  }

  /** What is not ours, well-formed or not, is for the parser behind to judge. */
  private static Optional<CallText> ours(String sqlText) throws ParseException {
    try {
      if (!CallText.isCall(sqlText)) {
        return Optional.empty();
      }
    } catch (SqlScanner.SyntaxException e) {
      return Optional.empty();
    }
    String substituted = new VariableSubstitution().substitute(sqlText);
    try {
      return CallText.of(substituted);
    } catch (SqlScanner.SyntaxException e) {
      throw parseException(substituted, e);
    }
  }

  @Override
  public Expression parseExpression(String sqlText) throws ParseException {
    return delegate.parseExpression(sqlText);
  }

  @Override
  public TableIdentifier parseTableIdentifier(String sqlText) throws ParseException {
    return delegate.parseTableIdentifier(sqlText);
  }

  @Override
  public FunctionIdentifier parseFunctionIdentifier(String sqlText) throws ParseException {
    return delegate.parseFunctionIdentifier(sqlText);
  }

  @Override
  public Seq<String> parseMultipartIdentifier(String sqlText) throws ParseException {
    return delegate.parseMultipartIdentifier(sqlText);
  }

  @Override
  public LogicalPlan parseQuery(String sqlText) throws ParseException {
    return delegate.parseQuery(sqlText);
  }

  @Override
  public StructType parseTableSchema(String sqlText) throws ParseException {
    return delegate.parseTableSchema(sqlText);
  }

  @Override
  public DataType parseDataType(String sqlText) throws ParseException {
    return delegate.parseDataType(sqlText);
  }

  private static ParseException parseException(String sql, SqlScanner.SyntaxException e) {
    String before = sql.substring(0, e.position());
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    int column = e.position() - (before.lastIndexOf('\n') + 1);
    Origin origin =
        new Origin(
            Option.apply(line),
            Option.apply(column),
            Option.empty(),
            Option.empty(),
            Option.empty(),
            Option.empty(),
            Option.empty());
    return new ParseException(
        Option.apply(sql),
        e.getMessage(),
        origin,
        origin,
        Option.empty(),
        scala.collection.immutable.Map$.MODULE$.empty(),
        new QueryContext[0]);
  }
}
