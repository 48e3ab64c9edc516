package io.breakwater.iceberg.compact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.InclusiveMetricsEvaluator;

/** The data files that any snapshot of a table has. Each manifest is read once. */
final class ReachableFiles {
  private static final List<String> PATH = List.of("file_path");

  private final Table table;

  /** The files of a table as last refreshed. */
  ReachableFiles(Table table) {
    this.table = table;
  }

  /** The paths of the data files of {@code snapshot}. */
  Set<String> pathsOf(Snapshot snapshot) {
    Set<String> paths = new HashSet<>();
    for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
      read(manifest, reader -> reader.select(PATH), file -> paths.add(file.location()));
    }
    return paths;
  }

  /**
   * The data files that other snapshots have and {@code head} does not.
   *
   * @param files how many there are
   * @param candidates those that may hold a row of {@code filter}, without their statistics
   */
  record Outside(long files, List<DataFile> candidates) {}

  /**
   * Looks at every snapshot but {@code head}.
   *
   * @param headPaths {@link #pathsOf} the head
   */
  Outside outside(Snapshot head, Set<String> headPaths, Expression filter) {
    InclusiveMetricsEvaluator mayMatch =
        new InclusiveMetricsEvaluator(table.schema(), filter, false);
    Set<String> manifests = new HashSet<>();
    head.dataManifests(table.io()).forEach(manifest -> manifests.add(manifest.path()));
    Set<String> paths = new HashSet<>();
    List<DataFile> candidates = new ArrayList<>();
    for (Snapshot snapshot : table.snapshots()) {
      for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
        if (manifests.add(manifest.path())) {
          read(
              manifest,
              reader -> reader,
              file -> {
                if (!headPaths.contains(file.location())
                    && paths.add(file.location())
                    && mayMatch.eval(file)) {
                  candidates.add(file.copyWithoutStats());
                }
              });
        }
      }
    }
    return new Outside(paths.size(), candidates);
  }

  /** The snapshots that have one of {@code files}, oldest first. */
  List<Snapshot> holders(Set<String> files) {
    Map<String, Boolean> manifests = new HashMap<>();
    List<Snapshot> holders = new ArrayList<>();
    for (Snapshot snapshot : table.snapshots()) {
      for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
        if (manifests.computeIfAbsent(manifest.path(), path -> holds(manifest, files))) {
          holders.add(snapshot);
          break;
        }
      }
    }
    return holders;
  }

  private boolean holds(ManifestFile manifest, Set<String> files) {
    boolean[] found = new boolean[1];
    read(
        manifest,
        reader -> reader.select(PATH),
        file -> found[0] |= files.contains(file.location()));
    return found[0];
  }

  private void read(
      ManifestFile manifest,
      UnaryOperator<ManifestReader<DataFile>> narrowed,
      Consumer<DataFile> consumer) {
    try (ManifestReader<DataFile> reader =
        narrowed.apply(ManifestFiles.read(manifest, table.io(), table.specs()))) {
      reader.forEach(consumer);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read data manifest %s: %s".formatted(manifest.path(), e.getMessage()), e);
    }
  }
}
