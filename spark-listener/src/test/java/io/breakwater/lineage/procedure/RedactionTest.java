package io.breakwater.lineage.procedure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class RedactionTest {

  private static Map<String, Object> redact(SparkConf conf, Map<String, Object> values) {
    return new Redaction(conf).redact(values);
  }

  @Test
  void valuesOfTellingKeys_areReplacedAtEveryDepth() {
    Map<String, Object> redacted =
        redact(
            new SparkConf(false),
            Map.of(
                "table",
                "db.t",
                "options",
                Map.of("s3.access-key-id", "AK", "s3.secret-access-key", "SK", "limit", "1")));
    assertThat(redacted)
        .containsEntry("table", "db.t")
        .containsEntry(
            "options",
            Map.of(
                "s3.access-key-id", Redaction.REDACTED,
                "s3.secret-access-key", Redaction.REDACTED,
                "limit", "1"));
  }

  @Test
  void credentialsInUrls_areRemoved() {
    Map<String, Object> redacted =
        redact(
            new SparkConf(false),
            Map.of(
                "location",
                "https://user:pw@host/x?sig=abc&part=1",
                "all",
                List.of("s3://bucket/p", "jdbc:x://h/db;password=pw;a=b")));
    assertThat(redacted)
        .containsEntry("location", "https://host/x?sig=" + Redaction.REDACTED + "&part=1")
        .containsEntry(
            "all",
            List.of("s3://bucket/p", "jdbc:x://h/db;password=" + Redaction.REDACTED + ";a=b"));
  }

  @Test
  void whatSparkIsToldToRedact_isRedactedToo() {
    SparkConf conf =
        new SparkConf(false)
            .set("spark.redaction.regex", "pin")
            .set("spark.redaction.string.regex", "\\d{16}");
    assertThat(redact(conf, Map.of("pin", "1", "token", "2", "where", "card = 1234567812345678")))
        .isEqualTo(
            Map.of(
                "pin", Redaction.REDACTED,
                "token", Redaction.REDACTED,
                "where", "card = " + Redaction.REDACTED));
  }
}
