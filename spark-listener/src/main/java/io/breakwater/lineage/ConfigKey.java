package io.breakwater.lineage;

import io.breakwater.lineage.scrub.TextScrubber;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.SparkConf;

/**
 * One configuration key: the only place where its name, type, default, bound and meaning are said.
 *
 * @param name the full name of the property
 * @param type what the value is, for people
 * @param defaultValue the text that counts if the property is not set or not good
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

  /** The value in {@code conf}; if it is not good, the default, and a line in {@code problems}. */
  T read(SparkConf conf, List<String> problems) {
    String text = text(conf);
    return parser
        .apply(text)
        .orElseGet(
            () -> {
              problems.add(
                  "Invalid "
                      + name
                      + ": "
                      + shown(text)
                      + ", must be "
                      + bound
                      + "; using "
                      + defaultValue);
              return parser.apply(defaultValue).orElseThrow();
            });
  }

  /** The text that counts in {@code conf}, without secrets. */
  String effective(SparkConf conf) {
    return shown(parser.apply(text(conf)).isPresent() ? text(conf) : defaultValue);
  }

  private String text(SparkConf conf) {
    return conf.get(name, defaultValue).trim();
  }

  private static String shown(String text) {
    return TextScrubber.text(text);
  }
}
