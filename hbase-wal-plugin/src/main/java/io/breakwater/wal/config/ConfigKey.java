package io.breakwater.wal.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;

/**
 * One configuration key: the only place where its name, type, default, bound and meaning are said.
 *
 * @param name the full name of the property
 * @param type what the value is, for people
 * @param defaultValue the text that counts if the property is not set; null if it must be set
 * @param bound what a value must be, completing "Invalid name: value, must be ..."
 * @param parser the value of a text, or nothing if the text is out of bounds
 * @param doc what the key does and when to change it
 */
record ConfigKey<T>(
    String name,
    String type,
    String defaultValue,
    String bound,
    Function<String, Optional<T>> parser,
    String doc) {

  /** The value in {@code conf}; null, and a line more in {@code problems}, if it is not good. */
  T read(Configuration conf, List<String> problems) {
    String text = conf.getTrimmed(name, defaultValue);
    if (text == null || text.isEmpty()) {
      problems.add("Missing " + name + ": must be " + bound);
      return null;
    }
    Optional<T> value = parser.apply(text);
    if (value.isEmpty()) {
      problems.add("Invalid " + name + ": " + text + ", must be " + bound);
    }
    return value.orElse(null);
  }
}
