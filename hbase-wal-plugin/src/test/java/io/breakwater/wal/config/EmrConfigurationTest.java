package io.breakwater.wal.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.wal.BreakwaterGroupingProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.util.CommonFSUtils;
import org.apache.hadoop.hbase.wal.WALFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys and values that the configurations for EMR give to HBase. */
class EmrConfigurationTest {

  private static final Path FILES = Path.of("..", "docs", "emr", "configurations");

  @ParameterizedTest
  @ValueSource(strings = {"hbase", "all"})
  void hbaseSite_isUnderstoodByThePlugin(String name) throws Exception {
    Configuration site = new Configuration(false);
    hbaseSite(name).fields().forEachRemaining(e -> site.set(e.getKey(), e.getValue().asText()));

    WalConfig config = WalConfig.of(site);
    assertThat(config.get(WalKeys.ENGINE)).isEqualTo(WalKeys.BOOKKEEPER);
    assertThat(config.get(WalKeys.BOOKKEEPER_ZOOKEEPER)).contains("bk-zk1:2181,");
    assertThat(Class.forName(site.get(WALFactory.WAL_PROVIDER)))
        .isEqualTo(BreakwaterGroupingProvider.class);
    assertThat(new org.apache.hadoop.fs.Path(site.get(CommonFSUtils.HBASE_WAL_DIR)).toUri())
        .hasScheme("bwal")
        .hasAuthority("my-cluster");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hbase", "all"})
  void hbaseSite_hasOnlyKeysThatAreDeclared(String name) throws Exception {
    List<String> known = WalKeys.ALL.stream().map(ConfigKey::name).toList();
    assertThat(hbaseSite(name).fieldNames())
        .toIterable()
        .allMatch(
            key ->
                known.contains(key)
                    || List.of(
                            HConstants.HBASE_DIR,
                            CommonFSUtils.HBASE_WAL_DIR,
                            WALFactory.WAL_PROVIDER)
                        .contains(key));
  }

  private static JsonNode hbaseSite(String name) throws IOException {
    for (JsonNode part :
        new ObjectMapper().readTree(Files.readAllBytes(FILES.resolve(name + ".json")))) {
      if (part.get("Classification").asText().equals("hbase-site")) {
        return part.get("Properties");
      }
    }
    throw new AssertionError(name + ".json has no hbase-site");
  }
}
