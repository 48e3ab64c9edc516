package io.breakwater.lineage.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

/** OpenLineage's keys for the names of datasets. */
class DatasetNamesTest {

  private final SparkConf conf = new SparkConf(false);

  private String renamed(String namespace, String name) {
    ObjectNode dataset = OpenLineageClientUtils.newObjectMapper().createObjectNode();
    dataset.put("namespace", namespace).put("name", name);
    dataset.putObject("facets").putObject("dataSource").put("name", namespace);
    DatasetNames.of(conf).rename(dataset);
    assertThat(dataset.at("/facets/dataSource/name")).isEqualTo(dataset.get("namespace"));
    return dataset.path("namespace").asText() + " " + dataset.path("name").asText();
  }

  @Test
  void name_withoutKeys_staysButForItsPartition() {
    assertThat(renamed("file", "/lake/orders")).isEqualTo("file /lake/orders");
    assertThat(renamed("file", "/lake/orders/20261121")).isEqualTo("file /lake/orders");
    assertThat(renamed("file", "/lake/orders/day=1")).isEqualTo("file /lake/orders");
  }

  @Test
  void hostThatAResolverKnows_isCalledByItsName() {
    conf.set("spark.openlineage.dataset.namespaceResolvers.prod.type", "hostList");
    conf.set("spark.openlineage.dataset.namespaceResolvers.prod.hosts", "[broker-1;broker-2]");
    assertThat(renamed("kafka://broker-2:9092", "orders")).isEqualTo("kafka://prod:9092 orders");
    assertThat(renamed("kafka://other:9092", "orders")).isEqualTo("kafka://other:9092 orders");
  }

  @Test
  void partThatAPatternRemoves_isLeftOut() {
    conf.set("spark.openlineage.dataset.removePath.pattern", "(.*)(?<remove>_v\\d+)");
    assertThat(renamed("file", "/lake/orders_v12")).isEqualTo("file /lake/orders");
    assertThat(renamed("file", "/lake/orders")).isEqualTo("file /lake/orders");
  }

  @Test
  void patternThatIsNone_removesNothing() {
    conf.set("spark.openlineage.dataset.removePath.pattern", "(?<remove>_v");
    assertThat(renamed("file", "/lake/orders_v12")).isEqualTo("file /lake/orders_v12");
  }
}
