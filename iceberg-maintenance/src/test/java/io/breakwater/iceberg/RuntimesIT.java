package io.breakwater.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.procedure.Procedures;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The one jar runs every procedure on each Iceberg that it supports. */
class RuntimesIT {
  private static final Path OF_THIS_BUILD = Path.of(System.getProperty("breakwater.iceberg.jar"));
  private static final Path RUNTIMES = Path.of(System.getProperty("breakwater.iceberg.runtimes"));
  private static final int MAX_MINUTES = 10;

  @TempDir private Path directory;

  static List<Path> runtimes() throws IOException {
    try (var jars = Files.list(RUNTIMES)) {
      List<Path> runtimes = jars.sorted().toList();
      assertThat(runtimes).hasSizeGreaterThanOrEqualTo(3);
      return runtimes;
    }
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void everyProcedure_onThisIceberg_runsAndChangesNoAnswer(Path runtime) throws Exception {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command(runtime))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended;
    try {
      ended = process.waitFor(MAX_MINUTES, TimeUnit.MINUTES);
    } finally {
      process.destroyForcibly().waitFor();
    }

    String text = Files.readString(output);
    assertThat(ended).as(text).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    assertThat(text).contains("on " + runtime.getFileName() + System.lineSeparator());
    assertThat(Procedures.names())
        .allSatisfy(name -> assertThat(text).containsPattern("(?m)^" + name + " [1-9]\\d* rows$"));
  }

  /** This JVM's command, with the other Iceberg on the class path. */
  private static List<String> command(Path runtime) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-X") || argument.startsWith("--add-"))
        .forEach(command::add);
    command.addAll(List.of("-Djava.net.preferIPv4Stack=true", "-cp", classPath(runtime)));
    command.add(EveryProcedure.class.getName());
    return command;
  }

  private static String classPath(Path runtime) {
    List<String> classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !Path.of(entry).equals(OF_THIS_BUILD))
            .collect(Collectors.toCollection(ArrayList::new));
    assertThat(classPath)
        .contains(System.getProperty("breakwater.jar"))
        .noneMatch(entry -> entry.contains("iceberg-spark-runtime"));
    classPath.add(runtime.toString());
    return String.join(File.pathSeparator, classPath);
  }
}
