package io.breakwater.iceberg;

/**
 * Moves over SQL text by the lexical rules of Spark: white space, {@code --} and nested {@code /*}
 * comments, quoted, raw and back-quoted text. Not thread-safe.
 */
final class SqlScanner {
  private final String sql;
  private int at;

  SqlScanner(String sql) {
    this.sql = sql;
  }

  /** The text is not what its beginning promised. */
  static final class SyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int position;

    private SyntaxException(String message, int position) {
      super(message);
      this.position = position;
    }

    /** Where in the text. */
    int position() {
      return position;
    }
  }

  SyntaxException syntaxError(String reason) {
    return new SyntaxException("Cannot parse the call: " + reason, at);
  }

  int position() {
    return at;
  }

  void moveTo(int position) {
    at = position;
  }

  boolean atEnd() {
    skipSpace();
    return at == sql.length();
  }

  /** Moves over {@code symbol} if it is next. */
  boolean take(String symbol) {
    skipSpace();
    boolean found = sql.startsWith(symbol, at);
    at += found ? symbol.length() : 0;
    return found;
  }

  /** Moves over an unquoted word, null if none is next. */
  String word() {
    skipSpace();
    int start = at;
    while (at < sql.length() && Character.isUnicodeIdentifierPart(sql.charAt(at))) {
      at++;
    }
    return at == start ? null : sql.substring(start, at);
  }

  /** Moves over a word or back-quoted text and returns it without the quotes; null if neither. */
  String identifier() {
    skipSpace();
    if (at == sql.length() || sql.charAt(at) != '`') {
      return word();
    }
    int start = at;
    skipQuoted(false);
    return sql.substring(start + 1, at - 1).replace("``", "`");
  }

  /** Moves to the next comma or closing bracket that belongs to no bracket opened here. */
  String expression() {
    skipSpace();
    int start = at;
    int depth = 0;
    while (at < sql.length()) {
      char next = sql.charAt(at);
      if (depth == 0 && (next == ',' || next == ')')) {
        break;
      }
      if (next == '(' || next == '[' || next == '{') {
        depth++;
      } else if (next == ')' || next == ']' || next == '}') {
        depth--;
      }
      skipToken(next);
      skipSpace();
    }
    return sql.substring(start, at).strip();
  }

  private void skipToken(char next) {
    if (next == '\'' || next == '"' || next == '`') {
      skipQuoted(false);
      return;
    }
    int start = at;
    String word = word();
    if (word == null) {
      at = start + 1;
    } else if (word.equalsIgnoreCase("r") && at < sql.length() && isStringQuote(sql.charAt(at))) {
      skipQuoted(true);
    }
  }

  private static boolean isStringQuote(char next) {
    return next == '\'' || next == '"';
  }

  /** A doubled back-quote stands for one; a doubled string quote is two strings side by side. */
  private void skipQuoted(boolean raw) {
    int start = at;
    char quote = sql.charAt(at++);
    boolean escapes = !raw && isStringQuote(quote);
    while (at < sql.length()) {
      char next = sql.charAt(at++);
      if (next == '\\' && escapes) {
        at++;
      } else if (next == quote) {
        if (quote != '`' || at == sql.length() || sql.charAt(at) != '`') {
          return;
        }
        at++;
      }
    }
    at = start;
    throw syntaxError("the %s here is not closed".formatted(quote));
  }

  private void skipSpace() {
    while (at < sql.length()) {
      if (Character.isWhitespace(sql.charAt(at))) {
        at++;
      } else if (sql.startsWith("--", at)) {
        skipLine();
      } else if (sql.startsWith("/*", at)) {
        skipComment();
      } else {
        return;
      }
    }
  }

  private void skipLine() {
    while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
      at += sql.startsWith("\\\n", at) ? 2 : 1;
    }
  }

  private void skipComment() {
    int start = at;
    int depth = 0;
    do {
      if (sql.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (sql.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else {
        at++;
      }
    } while (depth > 0 && at < sql.length());
    if (depth > 0) {
      at = start;
      throw syntaxError("the comment here is not closed");
    }
  }
}
