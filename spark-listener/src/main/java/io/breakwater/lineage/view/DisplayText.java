package io.breakwater.lineage.view;

/**
 * Text of events as it may be shown: without characters that command a terminal, turn the reading
 * direction around or cannot be seen. They appear as {@code \}{@code uXXXX}.
 */
public final class DisplayText {

  private DisplayText() {}

  /** {@code text} on one line, at most {@code limit} characters of it. */
  public static String line(String text, int limit) {
    return printable(text, limit, false);
  }

  /** {@code text} with its line breaks and tabs, at most {@code limit} characters of it. */
  public static String block(String text, int limit) {
    return printable(text, limit, true);
  }

  private static String printable(String text, int limit, boolean breaks) {
    int end = Math.min(text.length(), limit);
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    StringBuilder printable = null;
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      boolean shown = (breaks && (c == '\n' || c == '\t')) || isShown(text, i);
      if (!shown && printable == null) {
        printable = new StringBuilder(end + 16).append(text, 0, i);
      }
      if (printable != null) {
        if (shown) {
          printable.append(c);
        } else {
          printable.append(String.format("\\u%04x", (int) c));
        }
      }
    }
    String result = printable == null ? text.substring(0, end) : printable.toString();
    return end == text.length()
        ? result
        : result + "\u2026 (" + (text.length() - end) + " more characters)";
  }

  private static boolean isShown(String text, int i) {
    char c = text.charAt(i);
    if (Character.isSurrogate(c)) {
      return Character.isHighSurrogate(c)
          ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
          : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
