package io.breakwater.wal.log.bookkeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.bookkeeper.LogRecord.Segment;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LogRecordTest {

  private static final LogRecord RECORD =
      new LogRecord(
          UUID.fromString("6f1d0c2e-0000-4000-8000-000000000001"),
          "/hbase/WALs/a,16020,1",
          LogRecord.State.SEALED,
          4096,
          1_000,
          2_000,
          UUID.fromString("6f1d0c2e-0000-4000-8000-000000000002"),
          List.of(new Segment(17, 0), new Segment(18, 1024)),
          Map.of("encryption.algorithm", "AES-256-GCM"));

  @Provide
  Arbitrary<LogRecord> records() {
    Arbitrary<Segment> segments =
        Combinators.combine(
                Arbitraries.longs().greaterOrEqual(0), Arbitraries.longs().greaterOrEqual(0))
            .as(Segment::new);
    return Combinators.combine(
            Arbitraries.strings(),
            Arbitraries.of(LogRecord.State.class),
            Arbitraries.longs().greaterOrEqual(0),
            segments.list().ofMinSize(1).ofMaxSize(50),
            Arbitraries.maps(Arbitraries.strings().alpha().ofMinLength(1), Arbitraries.strings())
                .ofMaxSize(4))
        .as(
            (home, state, length, ledgers, attributes) ->
                new LogRecord(
                    UUID.randomUUID(),
                    home,
                    state,
                    length,
                    5,
                    6,
                    UUID.randomUUID(),
                    ledgers,
                    attributes));
  }

  @Property(tries = 300)
  void record_isReadAsItWasWritten(@ForAll("records") LogRecord record) throws Exception {
    assertThat(LogRecord.decode(record.encode(), "here")).isEqualTo(record);
  }

  @Example
  void record_isTextThatPeopleCanRead() {
    assertThat(new String(RECORD.encode(), UTF_8))
        .isEqualTo(
            """
            breakwater-log 1
            id=6f1d0c2e-0000-4000-8000-000000000001
            home=%2Fhbase%2FWALs%2Fa%2C16020%2C1
            state=SEALED
            length=4096
            created=1000
            modified=2000
            write=6f1d0c2e-0000-4000-8000-000000000002
            ledger=17%400
            ledger=18%401024
            attribute.encryption.algorithm=AES-256-GCM
            end
            """);
  }

  @Property(tries = 200)
  void recordThatIsCutOff_isRefused_naming_thePlace(@ForAll("cuts") int length) {
    byte[] cut = java.util.Arrays.copyOf(RECORD.encode(), length);
    assertThatThrownBy(() -> LogRecord.decode(cut, "/breakwater/prod/logs/x"))
        .isInstanceOf(LogCorruptException.class)
        .hasMessageContaining("/breakwater/prod/logs/x in ZooKeeper is no 'breakwater-log 1'");
  }

  @Provide
  Arbitrary<Integer> cuts() {
    return Arbitraries.integers().between(0, RECORD.encode().length - 1);
  }

  @Example
  void everyChange_isAnotherWrite() {
    assertThat(RECORD.recovering().write()).isNotEqualTo(RECORD.write());
    assertThat(RECORD.modifiedAt(7).write()).isNotEqualTo(RECORD.write());
    assertThat(RECORD.withSegment(new Segment(19, 4096)).segments()).hasSize(3);
    assertThat(RECORD.withLastReplaced(new Segment(19, 1024)).segments())
        .containsExactly(new Segment(17, 0), new Segment(19, 1024));
  }
}
