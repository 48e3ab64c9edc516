package io.breakwater.wal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.wal.log.LogAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CostTest extends OnCommandLine {

  private static final Path SAMPLE = Path.of("..", "docs", "samples", "wal-prices.properties");

  private Path prices;

  @BeforeEach
  void copyTheSample() throws IOException {
    prices = directory.resolve("prices");
    Files.copy(SAMPLE, prices);
  }

  @Test
  void bill_isThatOfTheFormulas() throws Exception {
    set("emr.wal-hour", "0.01");
    set("emr.write-gib", "0.5");
    set("emr.read-gib", "0.25");
    JsonNode bill = bill("--hours", "100", "--wals", "22", "--written", "2", "--read", "1");
    assertThat(bill.get("walHours").asDouble()).isEqualTo(2200);
    assertThat(bill.get("emrWal").asDouble()).isCloseTo(22 + 100 + 25, within(1e-9));
    double bookies = 3 * (0.077 + 100 * 0.08 / 730) * 100;
    assertThat(bill.get("bookKeeper").asDouble()).isCloseTo(bookies + 200 * 0.04, within(1e-9));
    assertThat(bill.get("breakEvenWalHour").asDouble())
        .isCloseTo((bookies + 8) / 2200, within(1e-9));
    assertThat(bill.get("missingPrices")).isEmpty();
  }

  @Test
  void priceThatIsNotKnown_isNotInvented() throws Exception {
    JsonNode bill = bill("--wals", "2", "--written", "1");
    assertThat(bill.get("emrWal").isNull()).isTrue();
    assertThat(bill.get("bookKeeper").asDouble()).isPositive();
    assertThat(bill.get("missingPrices"))
        .extracting(JsonNode::asText)
        .containsExactly("emr.read-gib", "emr.wal-hour", "emr.write-gib");
    assertThat(
            run("cost", "prod", "--prices", prices.toString(), "--wals", "2", "--written", "1")
                .out())
        .contains("EMR WAL     not known: emr.read-gib, emr.wal-hour, emr.write-gib missing in ")
        .containsPattern("BookKeeper  \\d+\\.\\d\\d USD")
        .containsPattern("Above 0\\.\\d{5} USD per WAL-hour the EMR WAL costs more");
  }

  @Test
  void numberAndVolume_areTakenFromTheLogs() throws Exception {
    try (LogAppender log = writing("/a", "x".repeat(1 << 20))) {
      write("/b", "x".repeat(1 << 20));
      age(Duration.ofHours(2));
      JsonNode bill = bill("--hours", "10");
      assertThat(log.acknowledgedLength()).isEqualTo(1 << 20);
      assertThat(bill.get("wals").asDouble()).isEqualTo(1);
      assertThat(bill.get("writtenGib").asDouble()).isCloseTo(10.0 / 1024, within(1e-5));
    }
  }

  @Test
  void whatTheLogsDoNotTell_isAskedFor() throws Exception {
    assertError("Missing --wals: no log is open at bwal://prod/, so it must be given, above 0");
    assertError(
        "Missing --written: the logs at bwal://prod/ are less than a minute old", "--wals", "2");
    assertError("Invalid --hours: 0.0, must be above 0", "--hours", "0");
    assertError("Invalid --read: -1.0, must be at least 0", "--read", "-1");
    assertError("Invalid --written: -1.0, must be at least 0", "--wals", "1", "--written", "-1");
  }

  @Test
  void wrongPrices_areNamed() throws Exception {
    set("emr.wal-hour", "cheap");
    assertError("Invalid emr.wal-hour in " + prices + ": cheap, must be a number such as 0.08");
    set("emr.wal-hour", "-1");
    assertError("Invalid emr.wal-hour in " + prices + ": -1, must be");
    set("emr.wal-hour", "1");
    Files.writeString(prices, "emr.wal-hours=1\n", java.nio.file.StandardOpenOption.APPEND);
    assertError("Unknown emr.wal-hours in " + prices + ", must be one of [emr.wal-hour");
  }

  @Test
  void sample_assumesNothingOfTheEmrWal_andSaysWhatItAssumes() throws Exception {
    List<String> lines = Files.readAllLines(SAMPLE);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("emr.")) {
        assertThat(line).endsWith("=");
      }
      if (line.startsWith("bookkeeper.")) {
        assertThat(lines.get(i - 1)).startsWith("# ASSUMPTION: ");
      }
    }
    assertThat(new Prices(SAMPLE).missing(Prices.BOOKKEEPER)).isEmpty();
  }

  private void set(String name, String value) throws IOException {
    Files.writeString(
        prices, Files.readString(prices).replaceAll("(?m)^" + name + "=.*$", name + "=" + value));
  }

  private JsonNode bill(String... options) throws IOException {
    Result result = run(cost(true, options));
    assertThat(result.err()).isEmpty();
    return result.json().get(0);
  }

  private void assertError(String error, String... options) {
    Result result = run(cost(false, options));
    assertThat(result.err()).contains(error);
    assertThat(result.code()).isEqualTo(2);
  }

  private String[] cost(boolean json, String... options) {
    List<String> words =
        new java.util.ArrayList<>(List.of("cost", "prod", "--prices", prices.toString()));
    if (json) {
      words.add("--json");
    }
    words.addAll(List.of(options));
    return words.toArray(String[]::new);
  }
}
