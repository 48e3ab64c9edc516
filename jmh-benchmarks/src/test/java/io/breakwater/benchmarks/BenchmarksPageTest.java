package io.breakwater.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.results.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** {@code -Dbreakwater.docs.write=true} writes the page instead of comparing it. */
class BenchmarksPageTest {

  private static final Path MODULE = Path.of(System.getProperty("basedir", ""));
  private static final Path RESULTS = MODULE.resolve("results");
  private static final Path DOCS = MODULE.resolve("../docs");

  @Test
  void page_isWhatTheResultsSay() throws IOException {
    if (Boolean.getBoolean("breakwater.docs.write")) {
      BenchmarksPage.write(RESULTS, DOCS);
    }
    for (Map.Entry<String, String> file : BenchmarksPage.files(new Results(RESULTS)).entrySet()) {
      assertThat(Files.readString(DOCS.resolve(file.getKey())))
          .as(
              "%s is stale: run mvn -pl jmh-benchmarks test -Dtest=BenchmarksPageTest"
                  + " -Dbreakwater.docs.write=true",
              file.getKey())
          .isEqualTo(file.getValue());
    }
  }

  @Test
  void page_showsEveryChartItHas() {
    Map<String, String> files = BenchmarksPage.files(new Results(RESULTS));

    assertThat(files.keySet())
        .filteredOn(name -> name.endsWith(".svg"))
        .isNotEmpty()
        .allSatisfy(chart -> assertThat(files.get("benchmarks.md")).contains("](" + chart + ")"));
  }

  @Test
  void everyBenchmark_hasASection() {
    Set<String> published =
        BenchmarksPage.sections().stream()
            .filter(JmhSection.class::isInstance)
            .map(section -> ((JmhSection) section).benchmark().getName())
            .collect(Collectors.toSet());

    assertThat(
            BenchmarkList.defaultList()
                .getAll(
                    OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                    List.of()))
        .extracting(BenchmarkListEntry::getUserClassQName)
        .isNotEmpty()
        .isSubsetOf(published);
  }
}
