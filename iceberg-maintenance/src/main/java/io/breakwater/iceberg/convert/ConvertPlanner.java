package io.breakwater.iceberg.convert;

import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * Finds the deletes to convert and, with Iceberg's own scan planning, the data files that each may
 * apply to: sequence numbers, partitions, specs and column bounds are judged by the same code that
 * judges them for a query. Files that share a delete get into one group, and small groups are
 * packed together. Not thread-safe, for one plan.
 */
final class ConvertPlanner {
  private final Table table;
  private final Snapshot snapshot;
  private final PartitionFilter where;
  private final Predicate<DeleteFile> selection;
  private final Scopes scopes;
  private final Map<String, DeleteFile> selected = new LinkedHashMap<>();
  private final Map<String, Use> positionDeleteUses = new LinkedHashMap<>();
  private final Components components = new Components();
  private final List<Found> found = new ArrayList<>();
  private int skippedEqualityDeletes;

  /** How many data files a version 2 position delete file may apply to. */
  private static final class Use {
    private final DeleteFile file;
    private int dataFiles;
    private int candidates;

    Use(DeleteFile file) {
      this.file = file;
    }
  }

  /** A candidate with the kinds of equality deletes that may match it. */
  private record Found(Candidate candidate, Set<KeyColumns> keys) {}

  /**
   * A planner of one plan.
   *
   * @param target what is read, as it was last refreshed
   * @param where the partitions that are meant; deletes of the whole table are meant only by all
   * @param selection which equality deletes and version 2 position deletes are to be converted
   */
  ConvertPlanner(Target target, PartitionFilter where, Predicate<DeleteFile> selection) {
    this.table = target.table();
    this.snapshot = target.snapshot();
    this.where = where;
    this.selection = selection;
    this.scopes = new Scopes(table);
  }

  ConvertPlan plan(long maxGroupBytes) {
    if (snapshot == null) {
      return new ConvertPlan(null, List.of(), 0, scopes);
    }
    selectDeletes();
    if (!selected.isEmpty()) {
      findCandidates();
    }
    return new ConvertPlan(snapshot, pack(groups(), maxGroupBytes), skippedEqualityDeletes, scopes);
  }

  private void selectDeletes() {
    for (ManifestFile manifest : snapshot.deleteManifests(table.io())) {
      try (ManifestReader<DeleteFile> reader =
          ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
        for (DeleteFile file : reader) {
          if (!ContentFileUtil.isDV(file) && selection.test(file)) {
            select(file.copyWithoutStats());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            "Cannot read delete manifest %s: %s".formatted(manifest.path(), e.getMessage()), e);
      }
    }
  }

  private void select(DeleteFile file) {
    boolean wanted =
        (isEquality(file) && scopes.isGlobal(file)) ? where.isAll() : where.matches(file);
    if (wanted) {
      selected.put(file.location(), file);
    } else if (isEquality(file)) {
      skippedEqualityDeletes++;
    }
  }

  private void findCandidates() {
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
      for (FileScanTask task : tasks) {
        examine(task);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot plan a scan of %s: %s".formatted(table.name(), e.getMessage()), e);
    }
  }

  private void examine(FileScanTask task) {
    DeleteFile vector = null;
    Set<KeyColumns> keys = new HashSet<>();
    List<DeleteFile> positionDeletes = new ArrayList<>();
    List<String> connected = new ArrayList<>();
    boolean wanted = false;
    for (DeleteFile delete : task.deletes()) {
      boolean isSelected = selected.containsKey(delete.location());
      if (ContentFileUtil.isDV(delete)) {
        vector = delete;
      } else if (!isEquality(delete)) {
        positionDeletes.add(delete);
        wanted |= isSelected;
      } else if (isSelected) {
        keys.add(keysOf(delete));
        connected.add(delete.location());
        wanted = true;
      }
    }
    for (DeleteFile delete : positionDeletes) {
      Use use = positionDeleteUses.computeIfAbsent(delete.location(), at -> new Use(delete));
      use.dataFiles++;
      use.candidates += wanted ? 1 : 0;
      connected.add(delete.location());
    }
    if (wanted) {
      DataFile file = task.file().copyWithoutStats();
      Candidate candidate = new Candidate(found.size(), file, scopes.partitionOf(file), vector);
      found.add(new Found(candidate, keys));
      connected.forEach(location -> components.connect(candidate.location(), location));
    }
  }

  private List<ConvertGroup> groups() {
    Map<String, ConvertGroup> groups = new LinkedHashMap<>();
    for (Found each : found) {
      ConvertGroup group = group(groups, each.candidate().location());
      group.addCandidate(each.candidate());
      each.keys().forEach(keys -> group.addMatch(keys, each.candidate()));
    }
    for (Use use : positionDeleteUses.values()) {
      if (use.candidates > 0) {
        group(groups, use.file.location())
            .addPositionDeletes(use.file, use.candidates == use.dataFiles);
      }
    }
    for (DeleteFile delete : selected.values()) {
      ConvertGroup group = group(groups, delete.location());
      if (isEquality(delete)) {
        group.addEqualityDeletes(keysOf(delete), delete);
      } else if (!positionDeleteUses.containsKey(delete.location())) {
        group.addPositionDeletes(delete, true);
      }
    }
    return List.copyOf(groups.values());
  }

  private ConvertGroup group(Map<String, ConvertGroup> groups, String location) {
    return groups.computeIfAbsent(components.of(location), root -> new ConvertGroup());
  }

  private KeyColumns keysOf(DeleteFile delete) {
    return new KeyColumns(Set.copyOf(delete.equalityFieldIds()), scopes.isGlobal(delete));
  }

  private static List<ConvertGroup> pack(List<ConvertGroup> groups, long maxGroupBytes) {
    List<ConvertGroup> packed = new ArrayList<>();
    long bytes = 0;
    for (ConvertGroup group : groups) {
      if (packed.isEmpty() || bytes + group.dataBytes() > maxGroupBytes) {
        packed.add(new ConvertGroup());
        bytes = 0;
      }
      packed.get(packed.size() - 1).addAll(group);
      bytes += group.dataBytes();
    }
    return List.copyOf(packed);
  }

  static boolean isEquality(DeleteFile file) {
    return file.content() == FileContent.EQUALITY_DELETES;
  }

  /** Which files are connected, directly or through others. */
  private static final class Components {
    private final Map<String, String> parents = new HashMap<>();

    String of(String location) {
      String root = location;
      for (String parent = parents.get(root); parent != null; parent = parents.get(root)) {
        root = parent;
      }
      for (String node = location; !node.equals(root); ) {
        node = parents.put(node, root);
      }
      return root;
    }

    void connect(String one, String other) {
      String root = of(one);
      String otherRoot = of(other);
      if (!root.equals(otherRoot)) {
        parents.put(root, otherRoot);
      }
    }
  }
}
