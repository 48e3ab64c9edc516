package io.breakwater.iceberg;

import io.breakwater.iceberg.procedure.Procedures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A {@code CALL} of one of our procedures, taken apart as text: the expressions are left to Spark.
 *
 * @param name the parts of the name, at least {@code system} and the procedure
 * @param arguments what stands between the parentheses
 */
record CallText(List<String> name, List<Argument> arguments) {
  private static final String NAMESPACE = "system";

  /**
   * @param name what stands before {@code =>}, null for a positional argument
   * @param expression the SQL text of the value
   */
  record Argument(String name, String expression) {}

  /** Whether the statement begins with the word CALL, so that it is worth a closer look. */
  static boolean isCall(String sql) {
    SqlScanner scanner = new SqlScanner(sql);
    return isWord(scanner, "call");
  }

  /**
   * The parts of {@code sql} if it calls one of our procedures, else nothing.
   *
   * @throws SqlScanner.SyntaxException if it does, but is not well-formed
   */
  static Optional<CallText> of(String sql) {
    SqlScanner scanner = new SqlScanner(sql);
    if (!isWord(scanner, "call")) {
      return Optional.empty();
    }
    List<String> name = new ArrayList<>();
    do {
      String part = scanner.identifier();
      if (part == null) {
        return Optional.empty();
      }
      name.add(part);
    } while (scanner.take("."));
    if (!isOurs(name)) {
      return Optional.empty();
    }
    if (!scanner.take("(")) {
      throw scanner.syntaxError("'(' must follow the name of the procedure");
    }
    List<Argument> arguments = arguments(scanner);
    scanner.take(";");
    if (!scanner.atEnd()) {
      throw scanner.syntaxError("nothing may follow the ')' of the call");
    }
    return Optional.of(new CallText(List.copyOf(name), arguments));
  }

  /** Whether these are the parts of a name of ours, in any case. */
  static boolean isOurs(List<String> name) {
    int size = name.size();
    return size >= 2
        && Procedures.contains(name.get(size - 1))
        && name.get(size - 2).toLowerCase(Locale.ROOT).equals(NAMESPACE);
  }

  private static boolean isWord(SqlScanner scanner, String word) {
    String found = scanner.word();
    return found != null && found.toLowerCase(Locale.ROOT).equals(word);
  }

  private static List<Argument> arguments(SqlScanner scanner) {
    List<Argument> arguments = new ArrayList<>();
    if (scanner.take(")")) {
      return List.of();
    }
    do {
      int start = scanner.position();
      String name = scanner.identifier();
      if (name == null || !scanner.take("=>")) {
        name = null;
        scanner.moveTo(start);
      }
      String expression = scanner.expression();
      if (expression.isEmpty()) {
        throw scanner.syntaxError("argument %d has no value".formatted(arguments.size() + 1));
      }
      arguments.add(new Argument(name, expression));
    } while (scanner.take(","));
    if (!scanner.take(")")) {
      throw scanner.syntaxError("')' is missing");
    }
    return List.copyOf(arguments);
  }
}
