package io.breakwater.wal.hbase;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HBaseLineTest {

  private final Configuration conf = new Configuration();

  @ParameterizedTest
  @ValueSource(strings = {"2.6.0", "2.6.4-hadoop3", "2.6.0-SNAPSHOT", "2.10.1", "3.0.0"})
  void newerLines_needNothing(String version) {
    assertThatCode(() -> HBaseLine.check(conf, version)).doesNotThrowAnyException();
  }

  @Test
  void hbase25_isRefused_withoutTheRecoveryOfLogsOnOpen() {
    assertThatThrownBy(() -> HBaseLine.check(conf, "2.5.11-hadoop3"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Invalid breakwater.wal.recover-on-open: , must be true with HBase 2.5.11-hadoop3");
  }

  @Test
  void hbase25_isRefused_withItsOwnReader() {
    conf.set("breakwater.wal.recover-on-open", "true");
    assertThatThrownBy(() -> HBaseLine.check(conf, "2.5.11-hadoop3"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("hbase.regionserver.hlog.reader.impl");
  }

  @Test
  void hbase25_isTaken_withBoth() {
    conf.set("breakwater.wal.recover-on-open", "true");
    conf.set("hbase.regionserver.hlog.reader.impl", "io.breakwater.wal.hbase.CheckedLogReader");
    assertThatCode(() -> HBaseLine.check(conf, "2.5.11-hadoop3")).doesNotThrowAnyException();
  }

  @Test
  void hbase25_isRefused_withItsOwnEncryption_whichWouldNotHappen() {
    conf.set("breakwater.wal.recover-on-open", "true");
    conf.set("hbase.regionserver.hlog.reader.impl", "io.breakwater.wal.hbase.CheckedLogReader");
    conf.set("hbase.regionserver.wal.encryption", "true");
    assertThatThrownBy(() -> HBaseLine.check(conf, "2.5.11-hadoop3"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Invalid hbase.regionserver.wal.encryption: true, must be false");
  }
}
