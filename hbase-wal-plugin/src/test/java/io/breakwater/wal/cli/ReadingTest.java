package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.wal.log.LogAppender;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

/** {@code cat} and {@code print}. */
class ReadingTest extends OnCommandLine {

  @Test
  void cat_givesEveryByte() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 400_000; i++) {
      text.append(i).append('\n');
    }
    write("/a", text.toString());
    assertThat(run("cat", "prod", "/a").out()).isEqualTo(text.toString());
  }

  @Test
  void cat_ofAnOpenLog_givesWhatIsThere() throws Exception {
    try (LogAppender log = writing("/a", "so far")) {
      assertThat(run("cat", "bwal://prod/a").out()).isEqualTo("so far");
      log.append(bytes(", and more")).get();
      assertThat(run("cat", "bwal://prod/a").out()).isEqualTo("so far, and more");
    }
  }

  @Test
  void cat_ofADamagedLog_fails() throws Exception {
    write("/a", "0123456789");
    java.nio.file.Path file = damage("/a", 1);
    Result result = run("cat", "prod", "/a");
    assertThat(result.err()).contains("Cannot read a log: " + file + " is damaged at offset 32");
    assertThat(result.code()).isEqualTo(2);
  }

  @Test
  void print_showsTheRecordsAsHBaseDoes() throws Exception {
    Path log = HBaseLogs.write(conf, directory.resolve("hfiles"), 3);
    Result result = run("print", "--values", log.toString());
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("Writer Classes: ProtobufLogWriter")
        .contains("row=row-0, column=f:f, timestamp=1, type=Put")
        .contains("row=row-2, column=f:f")
        .contains("value: value-1");
  }

  @Test
  void print_asJson_isAnObjectPerRecord() throws Exception {
    Path log = HBaseLogs.write(conf, directory.resolve("hfiles"), 3);
    List<JsonNode> records = run("print", "--json", "--values", log.toString()).json();
    assertThat(records).hasSize(3);
    assertThat(records.get(1).get("table").asText()).isEqualTo("t");
    assertThat(records.get(1).at("/actions/0/row").asText()).isEqualTo("row-1");
    assertThat(records.get(1).at("/actions/0/value").asText()).isEqualTo("value-1");
    assertThat(records.get(1).get("writeTime").asLong()).isPositive();
  }

  @Test
  void print_ofARow_leavesTheOthersOut() throws Exception {
    Path log = HBaseLogs.write(conf, directory.resolve("hfiles"), 20);
    assertThat(run("print", "--json", "--row", "row-7", log.toString()).json())
        .singleElement()
        .satisfies(record -> assertThat(record.at("/actions/0/row").asText()).isEqualTo("row-7"));
    assertThat(run("print", "--json", "--table", "t,u", log.toString()).json()).hasSize(20);
    assertThat(run("print", "--json", "--table", "u", log.toString()).out()).isEmpty();
  }
}
