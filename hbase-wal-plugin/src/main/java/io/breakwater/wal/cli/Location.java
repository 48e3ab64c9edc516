package io.breakwater.wal.cli;

import java.util.List;

/**
 * A place in a workspace, written {@code bwal://WORKSPACE/PATH}, or {@code WORKSPACE} and {@code
 * /PATH} apart.
 *
 * @param path absolute, without a slash at its end unless it is the root
 */
record Location(String workspace, String path) {

  private static final String SCHEME = "bwal://";

  /**
   * Reads one location.
   *
   * @throws IllegalArgumentException if {@code words} are not one
   */
  static Location of(List<String> words) {
    String first = words.get(0);
    if (first.startsWith(SCHEME)) {
      if (words.size() > 1) {
        throw invalid(String.join(" ", words));
      }
      // Not read as a URI: the names of HBase's logs hold %2C, and mean it.
      String rest = first.substring(SCHEME.length());
      int slash = rest.indexOf('/');
      if (slash == 0 || rest.isEmpty()) {
        throw invalid(first);
      }
      return slash < 0
          ? new Location(rest, "/")
          : new Location(rest.substring(0, slash), clean(rest.substring(slash)));
    }
    if (first.isEmpty() || first.contains("/") || first.contains(":")) {
      throw invalid(first);
    }
    return new Location(first, clean(words.size() > 1 ? words.get(1) : "/"));
  }

  private static String clean(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("Invalid path: " + path + ", must begin with /");
    }
    return path.length() > 1 && path.endsWith("/")
        ? clean(path.substring(0, path.length() - 1))
        : path;
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException(
        "Invalid location: " + text + ", must be bwal://WORKSPACE/PATH, or WORKSPACE and /PATH");
  }

  /** The same workspace at another path. */
  String at(String other) {
    return SCHEME + workspace + other;
  }

  @Override
  public String toString() {
    return at(path);
  }
}
