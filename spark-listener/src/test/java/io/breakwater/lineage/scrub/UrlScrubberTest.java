package io.breakwater.lineage.scrub;

import static org.assertj.core.api.Assertions.assertThat;

import io.openlineage.client.utils.DatasetIdentifier;
import io.openlineage.client.utils.jdbc.JdbcDatasetUtils;
import java.util.Properties;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** The addresses of the drivers that one meets, each with planted secrets. */
class UrlScrubberTest {

  @Test
  void corpus_isLargeAndHoldsSecrets() {
    assertThat(Address.corpus()).hasSizeGreaterThan(150);
    assertThat(Address.corpus().stream().filter(Address::holdsASecret)).hasSizeGreaterThan(130);
  }

  @Test
  void everyAddress_keepsWhatSaysWhichDataIsMeant_andNothingElse() {
    check(
        (softly, address) ->
            softly.assertThat(UrlScrubber.scrub(address.url())).isEqualTo(address.scrubbed()));
  }

  @Test
  void scrubbingTwice_changesNothingMore() {
    check(
        (softly, address) -> {
          String once = UrlScrubber.scrub(address.url());
          softly.assertThat(UrlScrubber.scrub(once)).isEqualTo(once);
        });
  }

  @Test
  void addressInAnErrorMessage_isScrubbed() {
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
  void addressInSql_isScrubbed() {
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
  void datasetThatOpenLineageNames_holdsNoSecret() {
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

  private static void check(Check check) {
    SoftAssertions softly = new SoftAssertions();
    Address.corpus().forEach(address -> check.accept(softly, address));
    softly.assertAll();
  }
}
