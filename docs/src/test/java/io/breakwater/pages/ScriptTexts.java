package io.breakwater.pages;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What our shell scripts say when they give up: the arguments of their functions for that. */
final class ScriptTexts {

  private static final Pattern GIVES_UP =
      Pattern.compile("\\b(fail|misused|attempt|echo)\\s+(?:\"((?:\\\\.|[^\"\\\\])*)\"|'([^']*)')");
  private static final String VARIABLE = "\\$\\{[^}]*}|\\$\\([^)]*\\)?|\\$\\w+";

  private ScriptTexts() {}

  static List<CodeText> of(String file, String script) {
    List<CodeText> texts = new ArrayList<>();
    Matcher matcher = GIVES_UP.matcher(script);
    while (matcher.find()) {
      String words = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
      String text = words.replaceAll(VARIABLE, Wording.ANY);
      switch (matcher.group(1)) {
        case "attempt" -> texts.add(text(file, "Cannot " + text + ": " + Wording.ANY));
        case "echo" -> {
          if (Wording.isError(text)) {
            texts.add(text(file, text));
          }
        }
        default -> texts.add(text(file, text));
      }
    }
    return texts;
  }

  private static CodeText text(String file, String text) {
    return new CodeText(file, Wording.normal(text), true);
  }
}
