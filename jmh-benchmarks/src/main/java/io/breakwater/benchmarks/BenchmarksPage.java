package io.breakwater.benchmarks;

import io.breakwater.iceberg.changes.ChangeFeedSection;
import io.breakwater.iceberg.compact.CompactionPlannerBenchmark;
import io.breakwater.iceberg.compact.MergeWorkloadSection;
import io.breakwater.iceberg.convert.ConvertSection;
import io.breakwater.iceberg.dv.DecodeBenchmark;
import io.breakwater.iceberg.dv.LoadedVectorsSection;
import io.breakwater.iceberg.dv.OrBenchmark;
import io.breakwater.iceberg.dv.PublishedComparisonSection;
import io.breakwater.iceberg.dv.RangeCheckBenchmark;
import io.breakwater.iceberg.dv.RepackBenchmark;
import io.breakwater.iceberg.dv.VerifyBenchmark;
import io.breakwater.iceberg.dv.WriteBenchmark;
import io.breakwater.iceberg.plan.PlanningSection;
import io.breakwater.iceberg.plan.StorageSection;
import io.breakwater.lineage.BigPlanSection;
import io.breakwater.lineage.ListenerSection;
import io.breakwater.lineage.deliver.EmitBenchmark;
import io.breakwater.lineage.events.EventEncodeBenchmark;
import io.breakwater.lineage.spool.SpoolAppendBenchmark;
import io.breakwater.results.Prose;
import io.breakwater.results.Results;
import io.breakwater.results.Section;
import io.breakwater.wal.hbase.EntryEncodeBenchmark;
import io.breakwater.wal.hbase.GroupingBenchmark;
import io.breakwater.wal.hbase.WalAppendBenchmark;
import io.breakwater.wal.hbase.WalBarsSection;
import io.breakwater.wal.log.LogAppendBenchmark;
import io.breakwater.wal.log.embedded.RecordBenchmark;
import io.breakwater.wal.log.embedded.RecoveryBenchmark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code docs/benchmarks.md} and its charts, from the words beside the benchmarks and results. */
public final class BenchmarksPage {

  private static final String PAGE = "benchmarks.md";

  private static final Map<String, List<Section>> CHAPTERS = new LinkedHashMap<>();

  static {
    CHAPTERS.put(
        "hbase-wal-plugin",
        List.of(
            new JmhSection(WalAppendBenchmark.class),
            new JmhSection(LogAppendBenchmark.class),
            new JmhSection(EntryEncodeBenchmark.class),
            new JmhSection(RecordBenchmark.class),
            new JmhSection(RecoveryBenchmark.class),
            new JmhSection(GroupingBenchmark.class),
            new WalBarsSection("wal/")));
    CHAPTERS.put(
        "iceberg-maintenance",
        List.of(
            new JmhSection(VerifyBenchmark.class),
            new JmhSection(RangeCheckBenchmark.class),
            new JmhSection(DecodeBenchmark.class),
            new JmhSection(RepackBenchmark.class),
            new JmhSection(OrBenchmark.class),
            new JmhSection(WriteBenchmark.class),
            new LoadedVectorsSection(),
            new JmhSection(CompactionPlannerBenchmark.class),
            new PlanningSection(),
            new StorageSection(),
            new ConvertSection(),
            new PublishedComparisonSection(),
            new ChangeFeedSection(),
            new MergeWorkloadSection()));
    CHAPTERS.put(
        "spark-listener",
        List.of(
            new ListenerSection(),
            new BigPlanSection(),
            new JmhSection(EmitBenchmark.class),
            new JmhSection(EventEncodeBenchmark.class),
            new JmhSection(SpoolAppendBenchmark.class)));
  }

  private BenchmarksPage() {}

  /** Writes the page and its charts to {@code docs}. */
  static void write(Path results, Path docs) throws IOException {
    for (Map.Entry<String, String> file : files(new Results(results)).entrySet()) {
      Files.writeString(docs.resolve(file.getKey()), file.getValue());
    }
  }

  /** All files of the page: name and content. */
  static Map<String, String> files(Results results) {
    Map<String, String> files = new TreeMap<>();
    files.put(PAGE, page(results));
    sections().forEach(section -> files.putAll(section.charts(results)));
    return files;
  }

  static List<Section> sections() {
    return CHAPTERS.values().stream().flatMap(List::stream).toList();
  }

  private static String page(Results results) {
    String chapters =
        CHAPTERS.entrySet().stream()
            .map(
                chapter ->
                    "## "
                        + chapter.getKey()
                        + "\n\n"
                        + chapter.getValue().stream()
                            .map(section -> section.markdown(results))
                            .collect(Collectors.joining("\n\n")))
            .collect(Collectors.joining("\n\n"));
    return Prose.of(BenchmarksPage.class, Map.of("chapters", chapters)) + "\n";
  }
}
