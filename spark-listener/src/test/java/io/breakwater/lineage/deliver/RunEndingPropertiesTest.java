package io.breakwater.lineage.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.lineage.Events;
import io.breakwater.lineage.spool.Spool;
import io.breakwater.lineage.spool.SpoolDirectory;
import io.breakwater.lineage.spool.SpoolOptions;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineage.RunEvent.EventType;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterProperty;

/**
 * Drivers of random histories, killed at a random moment, and sent by a random number of senders of
 * which all but the last are killed too: the backend knows the end of every run.
 */
class RunEndingPropertiesTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final OpenLineage OPEN_LINEAGE = new OpenLineage(URI.create("urn:test"));
  private static final ZonedDateTime BEGIN =
      ZonedDateTime.of(2026, 11, 20, 1, 2, 3, 0, ZoneOffset.UTC);

  private final List<Path> roots = new ArrayList<>();

  @AfterProperty
  void deleteRoots() throws IOException {
    for (Path root : roots) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  @Property(tries = 60)
  void everyRunThatBegan_endsOnceAndLast(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    List<String> emitted = new ArrayList<>();
    List<String> arrived = new ArrayList<>();
    Path root = drive(random, emitted, arrived);
    int senders = 1 + random.nextInt(3);
    for (int i = 0; i < senders; i++) {
      boolean lastOne = i == senders - 1;
      send(root, arrived, lastOne ? Integer.MAX_VALUE : random.nextInt(20));
      if (!lastOne) {
        root = asAfterSigkill(root);
      }
    }
    assertThat(SpoolDirectory.list(root)).isEmpty();
    check(emitted, withoutRepetitions(arrived));
  }

  private static void check(List<String> emitted, List<String> arrived) {
    assertThat(arrived.subList(0, emitted.size())).isEqualTo(emitted);
    List<String> added = arrived.subList(emitted.size(), arrived.size());
    Map<String, List<String>> types = new LinkedHashMap<>();
    Set<String> closed = new HashSet<>();
    for (String event : emitted) {
      types.computeIfAbsent(run(event), run -> new ArrayList<>()).add(type(event));
    }
    String last = Events.parse(emitted.get(emitted.size() - 1)).get("eventTime").asText();
    for (String event : added) {
      assertThat(type(event)).isEqualTo("ABORT");
      assertThat(closed.add(run(event))).as("ended once").isTrue();
      assertThat(Events.parse(event).get("eventTime").asText()).isEqualTo(last);
      assertThat(Events.parse(event).at("/run/facets/errorMessage/message").asText())
          .startsWith("The driver of the application is gone");
      assertThat(Events.parse(event).at("/run/facets/parent/run/runId").asText())
          .isEqualTo(new UUID(1, 1).toString());
      assertThat(Events.parse(event).at("/job/name").asText()).isEqualTo("job");
    }
    types.forEach(
        (run, known) ->
            assertThat(closed.contains(run))
                .as(run + " " + known)
                .isEqualTo(
                    known.stream().noneMatch(t -> t.equals("COMPLETE") || t.equals("FAIL"))));
  }

  /** A driver that emits, sends some, and is killed. Returns what its disk then holds. */
  private Path drive(Random random, List<String> emitted, List<String> arrived) throws Exception {
    Path root = newRoot();
    int segmentBytes = 512 + random.nextInt(8000);
    try (Spool spool =
        Spool.open(root, new SpoolOptions(1 << 30, segmentBytes, 1 << 20, LONG), damage -> {})) {
      spool.backlog().keepDigest(OpenRuns::new);
      List<UUID> begun = new ArrayList<>();
      int events = 1 + random.nextInt(80);
      for (int i = 0; i < events; i++) {
        String event = json(next(random, begun), i);
        emitted.add(event);
        spool.append(event.getBytes(StandardCharsets.UTF_8));
        assertThat(spool.flush(LONG)).isTrue();
        while (random.nextInt(3) > 0) {
          var record = spool.backlog().next();
          if (record.isPresent()) {
            arrived.add(new String(record.get().payload(), StandardCharsets.UTF_8));
            spool.backlog().delivered(record.get());
          }
        }
      }
      return asAfterSigkill(root);
    }
  }

  private record Next(UUID run, EventType type) {}

  /** Begins a run, or goes on with any that has begun: also one that has ended. */
  private static Next next(Random random, List<UUID> begun) {
    if (begun.isEmpty() || random.nextInt(3) == 0) {
      begun.add(new UUID(random.nextLong(), random.nextLong()));
      return new Next(begun.get(begun.size() - 1), EventType.START);
    }
    UUID run = begun.get(random.nextInt(begun.size()));
    EventType[] types = {EventType.RUNNING, EventType.COMPLETE, EventType.FAIL};
    return new Next(run, types[random.nextInt(types.length)]);
  }

  private static String json(Next next, int second) {
    var parent =
        OPEN_LINEAGE.newParentRunFacet(
            OPEN_LINEAGE.newParentRunFacetRun(new UUID(1, 1), null),
            OPEN_LINEAGE.newParentRunFacetJob("test", "application", null),
            null);
    return RunEvents.json(
        OPEN_LINEAGE
            .newRunEventBuilder()
            .eventTime(BEGIN.plusSeconds(second))
            .eventType(next.type())
            .run(
                OPEN_LINEAGE.newRun(
                    next.run(), OPEN_LINEAGE.newRunFacetsBuilder().parent(parent).build()))
            .job(OPEN_LINEAGE.newJob("test", "job", null))
            .inputs(List.of())
            .outputs(List.of())
            .build());
  }

  /** Sends until {@code limit} events have arrived, or everything has. */
  private static void send(Path root, List<String> arrived, int limit) throws Exception {
    int[] left = {limit};
    Delegate delegate =
        new Delegate() {
          @Override
          public void deliver(EncodedEvent event) throws Exception {
            if (left[0]-- <= 0) {
              throw new IOException("down");
            }
            arrived.add(event.text());
          }

          @Override
          public void close() {}
        };
    DeliveryOptions fast = new DeliveryOptions(Duration.ofMillis(1), Duration.ofMillis(1), true);
    Sender sender = new Sender(root, Optional.empty(), () -> delegate, fast);
    sender.start();
    sender.awaitIdle(limit == Integer.MAX_VALUE ? LONG : Duration.ofMillis(50));
    sender.stop(LONG);
  }

  /** A copy of the files: what a process that is killed now leaves. */
  private Path asAfterSigkill(Path root) throws IOException {
    Path copy = newRoot();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.skip(1).toList()) {
        Files.copy(file, copy.resolve(root.relativize(file).toString()));
      }
    }
    return copy;
  }

  private Path newRoot() throws IOException {
    Path root = Files.createTempDirectory("run-ending");
    roots.add(root);
    return root;
  }

  private static List<String> withoutRepetitions(List<String> arrived) {
    return new ArrayList<>(new LinkedHashSet<>(arrived));
  }

  private static String run(String event) {
    return Events.parse(event).at("/run/runId").asText();
  }

  private static String type(String event) {
    return Events.parse(event).at("/eventType").asText();
  }
}
