package io.breakwater.lineage.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ValidDataSourcesTest {

  @Test
  void namespaceThatIsNoUri_becomesOne() {
    assertThat(ValidDataSources.valid("file")).isEqualTo("file:/");
    assertThat(ValidDataSources.valid("bigquery")).isEqualTo("bigquery:/");
    assertThat(ValidDataSources.valid("a b")).isEqualTo("file:a%20b");
    assertThat(ValidDataSources.valid("sqlserver://host\\instance"))
        .isEqualTo("sqlserver://host%5Cinstance");
    assertThat(ValidDataSources.valid("")).isEqualTo("file:/");
  }

  @Test
  void uri_staysWhatItIs() {
    for (String uri : new String[] {"s3://bucket", "h2:mem:shop", "arn:aws:glue:eu-west-1:1"}) {
      assertThat(ValidDataSources.valid(uri)).isEqualTo(uri);
    }
  }
}
