package io.breakwater.lineage.procedure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.spark.SparkConf;

/**
 * Takes secrets out of arguments: values of keys that say so or that {@code spark.redaction.regex}
 * names, what {@code spark.redaction.string.regex} finds in a text, and credentials in URLs.
 */
final class Redaction {

  /** What stands for a secret; the same as in Spark. */
  static final String REDACTED = "*********(redacted)";

  private static final String KEYS = "(?i)secret|password|token|access[.-]?key|credential";
  private static final Pattern USER_INFO = Pattern.compile("(?<=//)[^/@\\s]*@");
  private static final Pattern SECRET_PARAMETER =
      Pattern.compile(
          "(?i)([?&;](?:[\\w.-]*(?:secret|password|passwd|pwd|token|key|sig|signature|credential)"
              + "[\\w.-]*)=)[^&;\\s]*");

  private final Pattern keys;
  private final Pattern texts;

  Redaction(SparkConf conf) {
    this.keys = pattern("(?:" + KEYS + ")|" + conf.get("spark.redaction.regex", KEYS), KEYS);
    this.texts = pattern(conf.get("spark.redaction.string.regex", ""), "");
  }

  /** A pattern that Spark itself could not use is not used here either. */
  private static Pattern pattern(String regex, String fallback) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      return Pattern.compile(fallback);
    }
  }

  Map<String, Object> redact(Map<String, Object> values) {
    Map<String, Object> redacted = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> redacted.put(name, keys.matcher(name).find() ? REDACTED : value(value)));
    return redacted;
  }

  private Object value(Object value) {
    if (value instanceof String text) {
      return text(text);
    }
    if (value instanceof List<?> list) {
      List<Object> redacted = new ArrayList<>();
      list.forEach(one -> redacted.add(value(one)));
      return redacted;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> entries = new LinkedHashMap<>();
      map.forEach((name, one) -> entries.put(String.valueOf(name), one));
      return redact(entries);
    }
    return value;
  }

  private String text(String text) {
    String clean = USER_INFO.matcher(text).replaceAll("");
    clean = SECRET_PARAMETER.matcher(clean).replaceAll("$1" + REDACTED);
    return texts.pattern().isEmpty() ? clean : texts.matcher(clean).replaceAll(REDACTED);
  }
}
