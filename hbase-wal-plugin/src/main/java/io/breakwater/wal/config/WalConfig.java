package io.breakwater.wal.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;

/**
 * The properties {@code breakwater.wal.*} of a Hadoop configuration, checked. Two are equal if all
 * their values are. Immutable.
 */
public final class WalConfig {

  private static final String PREFIX = "breakwater.wal.";

  private final Map<ConfigKey<?>, Object> values;

  private WalConfig(Map<ConfigKey<?>, Object> values) {
    this.values = values;
  }

  /**
   * Reads and checks all keys; those of an engine only if it is the engine chosen.
   *
   * @throws IllegalArgumentException naming every key that is missing, out of its bound or unknown
   */
  public static WalConfig of(Configuration conf) {
    List<String> problems = new ArrayList<>();
    Map<ConfigKey<?>, Object> values = new LinkedHashMap<>();
    String engine = WalKeys.ENGINE.read(conf, problems);
    values.put(WalKeys.ENGINE, engine);
    for (ConfigKey<?> key : WalKeys.ALL) {
      if (!values.containsKey(key) && (key.engine() == null || key.engine().equals(engine))) {
        values.put(key, key.read(conf, problems));
      }
    }
    for (String name : unknownNames(conf)) {
      problems.add("Unknown " + name + ": did you mean " + nearestKey(name) + "?");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot use the configuration of the Breakwater WAL: " + String.join("; ", problems));
    }
    return new WalConfig(values);
  }

  /**
   * The value of {@code key}.
   *
   * @throws IllegalStateException if the key belongs to an engine that was not chosen
   */
  @SuppressWarnings("unchecked") // of() puts under each key what its own parser gave.
  public <T> T get(ConfigKey<T> key) {
    if (!values.containsKey(key)) {
      throw new IllegalStateException(key.name() + " does not count for this engine");
    }
    return (T) values.get(key);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WalConfig config && values.equals(config.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    Map<String, Object> named = new TreeMap<>();
    values.forEach((key, value) -> named.put(key.name(), value));
    return named.toString();
  }

  private static Set<String> unknownNames(Configuration conf) {
    Set<String> names = new TreeSet<>();
    for (Map.Entry<String, String> property : conf) {
      if (property.getKey().startsWith(PREFIX)) {
        names.add(property.getKey());
      }
    }
    WalKeys.ALL.forEach(key -> names.remove(key.name()));
    return names;
  }

  private static String nearestKey(String name) {
    return WalKeys.ALL.stream()
        .map(ConfigKey::name)
        .min(Comparator.comparingInt(known -> editDistance(name, known)))
        .orElseThrow();
  }

  private static int editDistance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
