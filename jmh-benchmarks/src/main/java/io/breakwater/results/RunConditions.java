package io.breakwater.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.sun.management.OperatingSystemMXBean;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * When, where and how something was measured: the object {@code run} of every file of results.
 *
 * <pre>
 * when        the beginning, UTC
 * machine     processor, how many, memory
 * system      operating system and its version
 * java        version
 * load        of the machine before the beginning, the mean of a minute
 * versions    of the hosts and tools on the class path
 * command     how to measure again
 * conditions  what else has to be known to read the figures, as {@code -Dbars.conditions} says
 * </pre>
 */
public final class RunConditions {

  private static final Pattern SIZES = Pattern.compile("(bars?|workload)\\..+");
  private static final String CONDITIONS = "bars.conditions";
  private static final Map<String, Pattern> JARS = new TreeMap<>();

  static {
    JARS.put("spark", Pattern.compile("spark-core_[0-9.]+-(.+)\\.jar"));
    JARS.put("iceberg", Pattern.compile("iceberg-spark-runtime-[0-9._]+-(.+)\\.jar"));
    JARS.put("openlineage", Pattern.compile("openlineage-spark_[0-9.]+-(.+)\\.jar"));
    JARS.put("hbase", Pattern.compile("hbase-server-([0-9.]+(?:-hadoop3)?)\\.jar"));
    JARS.put("bookkeeper", Pattern.compile("bookkeeper-server-(.+)\\.jar"));
    JARS.put("jmh", Pattern.compile("jmh-core-(.+)\\.jar"));
  }

  private RunConditions() {}

  /** Those of this process, as they are now, for the program that {@code words} start. */
  public static Map<String, Object> now(String words) {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("when", Instant.now().truncatedTo(ChronoUnit.MINUTES).toString());
    run.put(
        "machine",
        "%s, %d processors, %d GB"
            .formatted(
                processor(),
                system.getAvailableProcessors(),
                Math.round(system.getTotalMemorySize() / 1e9)));
    run.put("system", system.getName() + " " + system.getVersion());
    run.put("java", Runtime.version().toString());
    run.put("load", Math.round(system.getSystemLoadAverage() * 10) / 10.0);
    run.put("versions", versions());
    run.put("command", command(words));
    String conditions = System.getProperty(CONDITIONS);
    if (conditions != null) {
      run.put("conditions", conditions);
    }
    return run;
  }

  /** Whether a system property is one of those that programs of this module read. */
  public static boolean isOurs(String property) {
    return SIZES.matcher(property).matches();
  }

  /** Writes {@code found} behind the conditions that {@link #now} gave. */
  public static void write(Path file, Map<String, Object> run, Map<String, ?> found)
      throws IOException {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("run", run);
    root.putAll(found);
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), root);
  }

  /** The conditions as a paragraph, and the command. */
  static String markdown(JsonNode run) {
    return circumstances(run) + "\n\n```\n" + run.path("command").asText() + "\n```";
  }

  static String circumstances(JsonNode run) {
    List<String> parts = new ArrayList<>();
    parts.add(run.path("machine").asText());
    parts.add(run.path("system").asText());
    parts.add("Java " + run.path("java").asText());
    run.path("versions")
        .fields()
        .forEachRemaining(
            version -> parts.add(version.getKey() + " " + version.getValue().asText()));
    if (run.has("load")) {
      parts.add("load " + run.path("load").asText() + " before it began");
    }
    String more =
        run.has("conditions") ? " Conditions: " + run.path("conditions").asText() + "." : "";
    return "Run of %s: %s.%s".formatted(run.path("when").asText(), String.join(", ", parts), more);
  }

  /** As a user types it: the properties of the programs that are set, and the words. */
  private static String command(String words) {
    String properties =
        System.getProperties().stringPropertyNames().stream()
            .filter(name -> isOurs(name) && !name.equals(CONDITIONS))
            .sorted()
            .map(name -> "-D" + name + "=" + System.getProperty(name) + " ")
            .collect(Collectors.joining());
    return "java " + properties + "-jar jmh-benchmarks/target/benchmarks.jar " + words;
  }

  private static String processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      // Not a Linux.
      return System.getProperty("os.arch");
    }
  }

  private static Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    for (String jar : jars()) {
      JARS.forEach(
          (name, pattern) -> {
            Matcher matcher = pattern.matcher(jar);
            if (matcher.matches()) {
              versions.putIfAbsent(name, matcher.group(1));
            }
          });
    }
    return new TreeMap<>(versions);
  }

  /** Names of the jars on the class path, and of those beside an executable jar. */
  private static List<String> jars() {
    List<String> names = new ArrayList<>();
    for (String entry : List.of(System.getProperty("java.class.path").split(File.pathSeparator))) {
      Path path = Path.of(entry);
      names.add(String.valueOf(path.getFileName()));
      Path beside = path.toAbsolutePath().resolveSibling("lib");
      if (entry.toLowerCase(Locale.ROOT).endsWith(".jar") && Files.isDirectory(beside)) {
        try (Stream<Path> jars = Files.list(beside)) {
          jars.map(jar -> jar.getFileName().toString()).sorted().forEach(names::add);
        } catch (IOException e) {
          throw new UncheckedIOException("Cannot list " + beside, e);
        }
      }
    }
    return names;
  }
}
