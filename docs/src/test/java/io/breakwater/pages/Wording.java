package io.breakwater.pages;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The words of a program: tells whether a text of the page is one that it says. Both may leave
 * things open. What the program leaves open may be filled in on the page only with other words of
 * the same program, so that a text which is put together from several still is checked to the last
 * word.
 */
final class Wording {

  /** Stands for what differs from case to case. */
  static final String ANY = "…";

  private static final Pattern ERROR =
      Pattern.compile("(Cannot|Invalid|Missing|Unknown|Unsupported) .*", Pattern.DOTALL);
  private static final Pattern EDGES = Pattern.compile("^[^\\p{Alnum}_]+|[^\\p{Alnum}_]+$");

  private final List<CodeText> texts;
  private final Set<String> pieces;
  private final Map<String, Boolean> known = new HashMap<>();

  Wording(List<CodeText> texts) {
    this.texts = texts;
    this.pieces =
        texts.stream()
            .flatMap(text -> Arrays.stream(text.text().split(ANY, -1)))
            .map(Wording::trimmed)
            .collect(Collectors.toSet());
  }

  /** Without what is neither a letter nor a digit at both ends. */
  private static String trimmed(String piece) {
    return EDGES.matcher(piece).replaceAll("");
  }

  static boolean isError(String text) {
    return ERROR.matcher(text).matches();
  }

  /** With {@link #ANY} for three dots and more, and single spaces. */
  static String normal(String text) {
    return text.replaceAll("\\s+", " ")
        .replace("...", ANY)
        .replaceAll("[." + ANY + "]*" + ANY + "[." + ANY + "]*", ANY)
        .strip();
  }

  /** How many letters and digits a text has: what it can be recognised by. */
  static long letters(String text) {
    return text.chars().filter(Character::isLetterOrDigit).count();
  }

  List<CodeText> texts() {
    return texts;
  }

  /** Whether the program says {@code pageText}, or something that begins with it. */
  boolean says(String pageText) {
    return texts.stream().anyMatch(text -> shared(pageText, text.text()) >= 0);
  }

  /**
   * How many letters of {@code codeText} stand in {@code pageText}, which may end earlier; -1 if it
   * is another text.
   */
  long shared(String pageText, String codeText) {
    String page = pageText.endsWith(ANY) ? pageText.substring(0, pageText.length() - 1) : pageText;
    String[] constants = codeText.split(ANY, -1);
    if (constants[0].startsWith(page)) {
      return letters(page);
    }
    return page.startsWith(constants[0]) ? shared(page, 0, constants, 0, new HashMap<>()) : -1;
  }

  private long shared(String page, int at, String[] constants, int k, Map<Long, Long> memo) {
    Long before = memo.get((long) at << 32 | k);
    if (before != null) {
      return before;
    }
    int end = at + constants[k].length();
    long own = letters(constants[k]);
    long best = isKnown(page.substring(end)) ? own : -1;
    if (k == constants.length - 1) {
      // Something may be put behind a text: a cause, or what happens now.
      boolean ends = end == page.length() || ":;.,".indexOf(page.charAt(end)) >= 0;
      best = ends ? best : -1;
    } else if (!constants[k + 1].isEmpty()) {
      String next = constants[k + 1];
      for (int i = page.indexOf(next, end); i >= 0; i = page.indexOf(next, i + 1)) {
        long rest = isKnown(page.substring(end, i)) ? shared(page, i, constants, k + 1, memo) : -1;
        best = rest < 0 ? best : Math.max(best, own + rest);
      }
      for (int i = Math.max(end, page.length() - next.length()); i < page.length(); i++) {
        if (next.startsWith(page.substring(i)) && isKnown(page.substring(end, i))) {
          best = Math.max(best, own + letters(page.substring(i)));
        }
      }
    }
    memo.put((long) at << 32 | k, best);
    return best;
  }

  /** Whether each part between the gaps of {@code segment} is among the words of the program. */
  private boolean isKnown(String segment) {
    return Arrays.stream(segment.split(ANY, -1))
        .map(Wording::trimmed)
        .allMatch(part -> part.isEmpty() || known.computeIfAbsent(part, this::beginsOrEndsAPiece));
  }

  private boolean beginsOrEndsAPiece(String words) {
    return pieces.stream()
        .anyMatch(
            piece ->
                (piece.startsWith(words) && isEdge(piece, words.length()))
                    || (piece.endsWith(words)
                        && isEdge(piece, piece.length() - words.length() - 1)));
  }

  private static boolean isEdge(String piece, int at) {
    return at < 0 || at >= piece.length() || !Character.isLetterOrDigit(piece.charAt(at));
  }
}
