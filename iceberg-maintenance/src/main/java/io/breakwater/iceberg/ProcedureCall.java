package io.breakwater.iceberg;

import io.breakwater.iceberg.procedure.Argument;
import io.breakwater.iceberg.procedure.Procedures;
import io.breakwater.iceberg.procedure.TableProcedure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.spark.Spark3Util.CatalogAndIdentifier;
import org.apache.iceberg.spark.source.HasIcebergCatalog;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.plans.logical.Call;
import org.apache.spark.sql.execution.datasources.v2.ExtendedDataSourceV2Strategy;
import scala.collection.JavaConverters;

/** Binds a call's name to a catalog and a procedure, and its arguments to parameters. */
final class ProcedureCall {
  private final SparkSession spark;

  ProcedureCall(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * One argument as it was given.
   *
   * @param name its name, null if positional
   * @param value its value, perhaps not resolved yet
   */
  record Given(String name, Expression value) {}

  /**
   * The node that Iceberg's planner strategy runs.
   *
   * @param name the parts of the name; the last two are {@code system} and the procedure
   * @throws IllegalArgumentException if the catalog or an argument is not fit for the procedure
   */
  Call resolve(List<String> name, List<Given> given) {
    String text = String.join(".", name);
    requireIcebergExtension(text);
    HasIcebergCatalog catalog = catalog(name, text);
    TableProcedure<?> procedure = Procedures.load(name.get(name.size() - 1), spark, catalog);
    return new Call(
        procedure,
        JavaConverters.asScalaBuffer(bind(procedure.declaration().arguments(), given, text))
            .toList());
  }

  private void requireIcebergExtension(String text) {
    boolean runsCalls =
        JavaConverters.seqAsJavaList(spark.sessionState().planner().strategies()).stream()
            .anyMatch(ExtendedDataSourceV2Strategy.class::isInstance);
    if (!runsCalls) {
      throw new IllegalArgumentException(
          "Cannot call %s: Iceberg's own extension is not in this session; set spark.sql.extensions=%s,%s"
              .formatted(
                  text,
                  BreakwaterExtensions.class.getName(),
                  BreakwaterExtensions.ICEBERG_EXTENSION));
    }
  }

  private HasIcebergCatalog catalog(List<String> name, String text) {
    CatalogAndIdentifier found = Spark3Util.catalogAndIdentifier(spark, name);
    String catalog = found.catalog().name();
    if (found.identifier().namespace().length != 1) {
      throw new IllegalArgumentException(
          "Cannot call %s: %s is not a catalog or cannot be loaded; procedures are called as <catalog>.system.<procedure>,"
                  .formatted(text, name.get(0))
              + " the catalog is configured as spark.sql.catalog.<catalog>");
    }
    if (found.catalog() instanceof HasIcebergCatalog iceberg) {
      return iceberg;
    }
    throw new IllegalArgumentException(
        "Cannot call %s: catalog %s is a %s, must be an Iceberg catalog; set spark.sql.catalog.%s to"
                .formatted(text, catalog, found.catalog().getClass().getName(), catalog)
            + " org.apache.iceberg.spark.SparkCatalog or SparkSessionCatalog");
  }

  private static List<Expression> bind(List<Argument> declared, List<Given> given, String text) {
    long named = given.stream().filter(argument -> argument.name() != null).count();
    if (named != 0 && named != given.size()) {
      throw new IllegalArgumentException(
          "Cannot call %s: named and positional arguments are mixed, name all or none"
              .formatted(text));
    }
    Map<String, Expression> values =
        named == 0 ? byPosition(declared, given, text) : byName(declared, given, text);
    List<Expression> bound = new ArrayList<>();
    for (Argument argument : declared) {
      if (argument.required() && !values.containsKey(argument.name())) {
        throw new IllegalArgumentException(
            "Cannot call %s: argument %s is missing, add %s => ..."
                .formatted(text, argument.name(), argument.name()));
      }
      bound.add(
          values.containsKey(argument.name())
              ? values.get(argument.name())
              : Literal.create(null, argument.type()));
    }
    return bound;
  }

  private static Map<String, Expression> byPosition(
      List<Argument> declared, List<Given> given, String text) {
    if (given.size() > declared.size()) {
      throw new IllegalArgumentException(
          "Cannot call %s: %d arguments, must be at most %d: %s"
              .formatted(text, given.size(), declared.size(), names(declared)));
    }
    Map<String, Expression> values = new HashMap<>();
    for (int i = 0; i < given.size(); i++) {
      values.put(declared.get(i).name(), given.get(i).value());
    }
    return values;
  }

  private static Map<String, Expression> byName(
      List<Argument> declared, List<Given> given, String text) {
    Map<String, Expression> values = new HashMap<>();
    for (Given argument : given) {
      String name = argument.name().toLowerCase(Locale.ROOT);
      if (!names(declared).contains(name)) {
        throw new IllegalArgumentException(
            "Cannot call %s: unknown argument %s, must be among %s"
                .formatted(text, argument.name(), names(declared)));
      }
      if (values.put(name, argument.value()) != null) {
        throw new IllegalArgumentException(
            "Cannot call %s: argument %s is given twice".formatted(text, argument.name()));
      }
    }
    return values;
  }

  private static List<String> names(List<Argument> declared) {
    return declared.stream().map(Argument::name).toList();
  }
}
