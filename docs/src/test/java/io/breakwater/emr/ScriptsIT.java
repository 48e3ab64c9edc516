package io.breakwater.emr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptsIT {

  @TempDir private Path directory;

  @Test
  void everyScript_alsoTheUserDataOfTheTemplate_passesShellcheck() throws Exception {
    assumeTrue(
        Script.exists("shellcheck"), "shellcheck of every script: needs the package shellcheck");
    List<String> command = new ArrayList<>(List.of("shellcheck"));
    for (Path folder : List.of(Script.EMR, Script.EMR.resolveSibling("bin"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .filter(file -> folder.endsWith("bin") || file.toString().endsWith(".sh"))
            .sorted()
            .forEach(file -> command.add(file.toString()));
      }
    }
    assertThat(command).hasSizeGreaterThanOrEqualTo(5);
    Path userData = directory.resolve("user-data.sh");
    Files.writeString(userData, Template.read().userData());
    command.add(userData.toString());
    Script.run(command.toArray(String[]::new)).succeeded();
  }
}
