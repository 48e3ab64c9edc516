package io.breakwater.wal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkspacesTest {

  @TempDir Path directory;

  private final Configuration conf = new Configuration(false);

  @BeforeEach
  void configure() {
    conf.set("breakwater.wal.embedded.dir", directory.toString());
  }

  @Test
  void open_givesEveryCallerTheSameWorkspace() throws Exception {
    Workspace first = Workspaces.open("a", conf);
    conf.set("breakwater.wal.embedded.dir", directory + "/./");
    List<Workspace> others =
        IntStream.range(0, 20).parallel().mapToObj(i -> openUnchecked("a")).toList();
    assertThat(others).allSatisfy(other -> assertThat(other).isSameAs(first));
    assertThat(first.name()).isEqualTo("a");
  }

  @Test
  void open_ofAnotherNameOrDirectory_givesAnotherWorkspace() throws Exception {
    Workspace first = Workspaces.open("a", conf);
    assertThat(Workspaces.open("b", conf)).isNotSameAs(first);
    conf.set("breakwater.wal.embedded.dir", directory.resolve("elsewhere").toString());
    assertThat(Workspaces.open("a", conf)).isNotSameAs(first);
  }

  @Test
  void open_withOtherSettings_isRefused_ratherThanSilentlyLessDurable() throws Exception {
    Workspaces.open("a", conf);
    conf.set("breakwater.wal.embedded.fsync", "false");
    assertThatThrownBy(() -> Workspaces.open("a", conf))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Cannot open workspace a with ")
        .hasMessageContainingAll("embedded.fsync=false", "embedded.fsync=true");
  }

  @Test
  void open_thatFailed_canBeTriedAgain() throws Exception {
    Path blocked = Files.createFile(directory.resolve("a"));
    assertThatThrownBy(() -> Workspaces.open("a", conf)).isInstanceOf(IOException.class);
    Files.delete(blocked);
    assertThat(Workspaces.open("a", conf).list("/")).isEmpty();
  }

  @Test
  void list_namesWhatWasOpened() throws Exception {
    assertThat(Workspaces.list(conf)).isEmpty();
    Workspaces.open("b", conf);
    Workspaces.open("a", conf);
    assertThat(Workspaces.list(conf)).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "cluster-a", "a--", "x1-y2"})
  void name_ofLettersDigitsAndHyphens_isTaken(String name) throws Exception {
    assertThat(Workspaces.open(name, conf).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "A", "a_b", "a.b", "../a", "a/b", "ä", "a:1"})
  void name_ofOtherCharacters_isRefused(String name) {
    assertThatThrownBy(() -> Workspaces.open(name, conf))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Invalid workspace name: "
                + name
                + ", must be 1 to 63 of a-z, 0-9 and -, not beginning with -; it stands in"
                + " hbase.wal.dir as bwal://<workspace>/...");
  }

  @Test
  void name_ofMoreThan63Characters_isRefused() throws Exception {
    assertThat(Workspaces.open("a".repeat(63), conf)).isNotNull();
    assertThatThrownBy(() -> Workspaces.open("a".repeat(64), conf))
        .hasMessageStartingWith("Invalid workspace name: aaa");
  }

  private Workspace openUnchecked(String name) {
    try {
      return Workspaces.open(name, conf);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
