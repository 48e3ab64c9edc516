package io.breakwater.lineage.scrub;

import static org.assertj.core.api.Assertions.assertThat;

import io.openlineage.client.utils.DatasetIdentifier;
import io.openlineage.client.utils.jdbc.JdbcDatasetUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** The addresses of the drivers that one meets, each with planted secrets. */
class UrlScrubberTest {

  private record Address(String url, String scrubbed) {
    static Address of(String line) {
      int tab = line.indexOf('\t');
      return new Address(line.substring(0, tab), line.substring(tab + 1));
    }
  }

  @Test
  void corpus_isLargeAndHoldsSecrets() throws IOException {
    assertThat(addresses()).hasSizeGreaterThan(150);
    assertThat(addresses().filter(address -> leaks(address.url()))).hasSizeGreaterThan(130);
  }

  @Test
  void everyAddress_keepsWhatSaysWhichDataIsMeant_andNothingElse() throws IOException {
    check(
        (softly, address) ->
            softly.assertThat(UrlScrubber.scrub(address.url())).isEqualTo(address.scrubbed()));
  }

  @Test
  void scrubbingTwice_changesNothingMore() throws IOException {
    check(
        (softly, address) -> {
          String once = UrlScrubber.scrub(address.url());
          softly.assertThat(UrlScrubber.scrub(once)).isEqualTo(once);
        });
  }

  @Test
  void addressInAnErrorMessage_isScrubbed() throws IOException {
    check(
        (softly, address) -> {
          String message = "Cannot connect to " + address.url() + ", giving up";
          softly
              .assertThat(TextScrubber.text(message))
              .as(address.url())
              .doesNotContainIgnoringCase("S3CR3T")
              .startsWith("Cannot connect to ");
        });
  }

  @Test
  void addressInSql_isScrubbed() throws IOException {
    check(
        (softly, address) -> {
          String sql =
              "CREATE TABLE t USING jdbc OPTIONS (url '"
                  + address.url()
                  + "', dbtable 'public.t', password 'S3CR3T')";
          softly
              .assertThat(TextScrubber.text(sql))
              .doesNotContainIgnoringCase("S3CR3T")
              .contains("dbtable 'public.t'")
              .endsWith("password '*********(redacted)')");
        });
  }

  /** OpenLineage passes through what it cannot read. */
  @Test
  void datasetThatOpenLineageNames_holdsNoSecret() throws IOException {
    check(
        (softly, address) -> {
          if (!address.url().startsWith("jdbc:")) {
            return;
          }
          DatasetIdentifier dataset =
              JdbcDatasetUtils.getDatasetIdentifier(
                  address.url(), "public.orders", new Properties());
          String scrubbed =
              TextScrubber.location(dataset.getNamespace())
                  + " "
                  + TextScrubber.name(dataset.getName());
          softly
              .assertThat(scrubbed)
              .as(address.url())
              .doesNotContainIgnoringCase("S3CR3T")
              .endsWith("orders");
        });
  }

  private interface Check {
    void accept(SoftAssertions softly, Address address);
  }

  private static void check(Check check) throws IOException {
    SoftAssertions softly = new SoftAssertions();
    addresses().forEach(address -> check.accept(softly, address));
    softly.assertAll();
  }

  private static boolean leaks(String text) {
    return text.toUpperCase(Locale.ROOT).contains("S3CR3T");
  }

  private static Stream<Address> addresses() throws IOException {
    try (InputStream file = UrlScrubberTest.class.getResourceAsStream("addresses.tsv")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(Address::of);
    }
  }
}
