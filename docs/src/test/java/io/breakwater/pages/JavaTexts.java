package io.breakwater.pages;

import java.util.ArrayList;
import java.util.List;

/**
 * The texts that a Java source puts together: each string literal with all that is added to it by
 * {@code +}, and {@link Wording#ANY} for what is only known at run time.
 */
final class JavaTexts {

  private record Token(boolean string, String text) {

    boolean is(String other) {
      return !string && text.equals(other);
    }
  }

  private final String source;
  private final String file;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private JavaTexts(String file, String source) {
    this.file = file;
    this.source = source;
  }

  static List<CodeText> of(String file, String source) {
    JavaTexts texts = new JavaTexts(file, source);
    while (texts.at < source.length()) {
      texts.token();
    }
    return texts.concatenations();
  }

  private void token() {
    char c = source.charAt(at);
    if (source.startsWith("//", at)) {
      at = end(source.indexOf('\n', at));
    } else if (source.startsWith("/*", at)) {
      at = end(source.indexOf("*/", at) + 2);
    } else if (source.startsWith("\"\"\"", at)) {
      int close = close("\"\"\"", source.indexOf('\n', at) + 1);
      String block = source.substring(source.indexOf('\n', at) + 1, close).stripIndent();
      tokens.add(new Token(true, unescaped(block)));
      at = close + 3;
    } else if (c == '"') {
      int close = close("\"", at + 1);
      tokens.add(new Token(true, unescaped(source.substring(at + 1, close))));
      at = close + 1;
    } else if (c == '\'') {
      at = close("'", at + 1) + 1;
      tokens.add(new Token(false, "'"));
    } else if (Character.isJavaIdentifierPart(c)) {
      int start = at;
      while (at < source.length() && Character.isJavaIdentifierPart(source.charAt(at))) {
        at++;
      }
      tokens.add(new Token(false, source.substring(start, at)));
    } else {
      if (!Character.isWhitespace(c)) {
        tokens.add(new Token(false, String.valueOf(c)));
      }
      at++;
    }
  }

  /** Characters by their number are none that a user would look for. */
  private static String unescaped(String literal) {
    return literal.replaceAll("\\\\u+\\p{XDigit}{4}", "?").translateEscapes();
  }

  private int end(int found) {
    return found <= at ? source.length() : found;
  }

  private int close(String quote, int from) {
    int i = from;
    while (!source.startsWith(quote, i)) {
      i += source.charAt(i) == '\\' ? 2 : 1;
    }
    return i;
  }

  private List<CodeText> concatenations() {
    List<CodeText> texts = new ArrayList<>();
    boolean[] used = new boolean[tokens.size()];
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i).string() && !used[i]) {
        String text = Wording.normal(concatenation(i, used).replaceAll(FORMAT, Wording.ANY));
        texts.add(new CodeText(file, text, mustBeOnThePage(i, text)));
      }
    }
    return texts;
  }

  private static final String FORMAT = "%(?:\\d+\\$)?[-,.\\d]*[sdfxn]|\\{}";

  /** From the literal at {@code start} to the end of the argument that it is in. */
  private String concatenation(int start, boolean[] used) {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    for (int i = start; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      boolean opens = !token.string() && "([{".contains(token.text());
      boolean closes = !token.string() && ")]}".contains(token.text());
      if (depth == 0 && (closes || (!token.string() && ",;?:".contains(token.text())))) {
        break;
      }
      if (token.string() && depth == 0) {
        text.append(token.text());
        used[i] = true;
      } else if (depth > 0 || !token.is("+")) {
        text.append(Wording.ANY);
      }
      depth += (opens ? 1 : 0) - (closes ? 1 : 0);
    }
    return text.toString();
  }

  /**
   * An error by its first word, wherever it is thrown; and the first argument of what logs a
   * warning or an error.
   */
  private boolean mustBeOnThePage(int i, String text) {
    boolean first = i == 0 || !tokens.get(i - 1).is("+");
    boolean logged =
        i > 2
            && tokens.get(i - 1).is("(")
            && (tokens.get(i - 2).is("warn") || tokens.get(i - 2).is("error"))
            && tokens.get(i - 3).is(".");
    return first && (logged || Wording.isError(text));
  }
}
