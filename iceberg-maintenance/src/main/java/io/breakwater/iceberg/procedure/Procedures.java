package io.breakwater.iceberg.procedure;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.TableCatalog;

/** The procedures that Breakwater adds to the {@code system} namespace of Iceberg catalogs. */
public final class Procedures {
  private static final Map<String, BiFunction<SparkSession, TableCatalog, TableProcedure<?>>> ALL =
      Map.ofEntries(
          Map.entry(CompactDeletedRowsProcedure.NAME, CompactDeletedRowsProcedure::new),
          Map.entry(CreateRowChangesViewProcedure.NAME, CreateRowChangesViewProcedure::new),
          Map.entry(ConvertEqualityDeletesProcedure.NAME, ConvertEqualityDeletesProcedure::new),
          Map.entry(DeletionVectorStatsProcedure.NAME, DeletionVectorStatsProcedure::new),
          Map.entry(MaintainDeletionVectorsProcedure.NAME, MaintainDeletionVectorsProcedure::new),
          Map.entry(PurgeDeletedRowsProcedure.NAME, PurgeDeletedRowsProcedure::new),
          Map.entry(RewriteDeletionVectorsProcedure.NAME, RewriteDeletionVectorsProcedure::new),
          Map.entry(UpgradeToDeletionVectorsProcedure.NAME, UpgradeToDeletionVectorsProcedure::new),
          Map.entry(VerifyDeletionVectorsProcedure.NAME, VerifyDeletionVectorsProcedure::new));

  private Procedures() {}

  /** The names in alphabetical order. */
  public static List<String> names() {
    return ALL.keySet().stream().sorted().toList();
  }

  /** Whether {@code name}, in any case, is one of ours. */
  public static boolean contains(String name) {
    return ALL.containsKey(name.toLowerCase(Locale.ROOT));
  }

  /** The procedure {@code name}, in any case, on the tables of {@code catalog}. */
  public static TableProcedure<?> load(String name, SparkSession spark, TableCatalog catalog) {
    return ALL.get(name.toLowerCase(Locale.ROOT)).apply(spark, catalog);
  }
}
