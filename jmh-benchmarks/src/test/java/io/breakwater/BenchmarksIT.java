package io.breakwater;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark and every contender still runs; how fast is not asked. */
class BenchmarksIT {

  @TempDir Path directory;

  @Test
  void quick_runsEveryBenchmarkOfTheListWithEveryContender() throws Exception {
    List<String> output = run("--quick", directory.toString());

    JsonNode results = new ObjectMapper().readTree(directory.resolve("quick.json").toFile());
    Set<String> ran = new TreeSet<>(results.path("results").findValuesAsText("benchmark"));
    assertThat(ran).as(String.join("\n", output)).isNotEmpty().isEqualTo(listed());
    for (String benchmark : ran) {
      assertThat(contenders(results, benchmark)).as(benchmark).isEqualTo(declared(benchmark));
    }
    assertThat(results.at("/run/versions/hbase").asText()).isNotEmpty();
  }

  private static Set<String> contenders(JsonNode results, String benchmark) {
    Set<String> contenders = new TreeSet<>();
    for (JsonNode result : results.path("results")) {
      if (result.path("benchmark").asText().equals(benchmark)) {
        contenders.add(result.at("/params/contender").asText());
      }
    }
    return contenders;
  }

  private static Set<String> declared(String benchmark) throws ClassNotFoundException {
    String name = benchmark.substring(0, benchmark.lastIndexOf('.'));
    return Stream.of(Class.forName(name + "$Contender").getEnumConstants())
        .map(contender -> ((Enum<?>) contender).name())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> listed() {
    return BenchmarkList.defaultList()
        .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
        .stream()
        .map(BenchmarkListEntry::getUsername)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private List<String> run(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", System.getProperty("breakwater.jar")));
    command.addAll(List.of(words));
    Path log = directory.resolve("output.txt");
    int exit =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    List<String> output = Files.readAllLines(log);
    assertThat(exit).as(String.join("\n", output)).isZero();
    return output;
  }
}
