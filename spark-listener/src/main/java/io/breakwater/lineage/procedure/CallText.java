package io.breakwater.lineage.procedure;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A call as SQL text with named arguments. What Spark has parsed is not kept, so it is made up. */
final class CallText {

  private CallText() {}

  static String of(ProcedureCall call) {
    return call.arguments().entrySet().stream()
        .map(argument -> argument.getKey() + " => " + literal(argument.getValue()))
        .collect(Collectors.joining(", ", "CALL " + call.qualifiedName() + "(", ")"));
  }

  private static String literal(Object value) {
    if (value instanceof String text) {
      return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
    if (value instanceof List<?> list) {
      return list.stream().map(CallText::literal).collect(Collectors.joining(", ", "array(", ")"));
    }
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> literal(entry.getKey()) + ", " + literal(entry.getValue()))
          .collect(Collectors.joining(", ", "map(", ")"));
    }
    return String.valueOf(value);
  }
}
