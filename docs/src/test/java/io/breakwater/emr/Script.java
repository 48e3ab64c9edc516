package io.breakwater.emr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that runs to its end, with everything that it printed. */
record Script(int code, String output) {

  static final Path EMR = Path.of("emr").toAbsolutePath();

  private static final int TIMEOUT_MINUTES = 2;

  static Script run(String... command) throws IOException, InterruptedException {
    return run(Map.of(), List.of(command));
  }

  static Script run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("script", ".out");
    try {
      Process process = start(environment, command, output);
      try {
        assertThat(process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES))
            .as("%s ends", command)
            .isTrue();
      } finally {
        process.destroyForcibly();
      }
      return new Script(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }

  static Process start(Map<String, String> environment, List<String> command, Path output)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
    builder.environment().putAll(environment);
    return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  /** Whether there is a program of that name. */
  static boolean exists(String program) throws IOException, InterruptedException {
    return run("sh", "-c", "command -v " + program).code == 0;
  }

  Script succeeded() {
    assertThat(code).as(output).isZero();
    return this;
  }

  Script failed(int expected, String... messages) {
    assertThat(output).contains(messages);
    assertThat(code).as(output).isEqualTo(expected);
    return this;
  }
}
