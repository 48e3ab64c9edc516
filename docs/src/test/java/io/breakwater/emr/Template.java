package io.breakwater.emr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The CloudFormation template of the BookKeeper ensemble, as text. */
record Template(List<String> lines) {

  static final Path FILE = Script.EMR.resolve("bookkeeper.yaml");

  static Template read() throws IOException {
    return new Template(Files.readAllLines(FILE));
  }

  /** The names that are declared below a top-level key. */
  Set<String> names(String section) {
    Set<String> names = new TreeSet<>();
    boolean inside = false;
    for (String line : lines) {
      if (!line.isEmpty() && !line.startsWith(" ")) {
        inside = line.equals(section + ":");
      } else if (inside && line.matches("  [A-Za-z0-9]+:")) {
        names.add(line.strip().replace(":", ""));
      }
    }
    return names;
  }

  /** The lines of one resource. */
  String resource(String name) {
    int begin = lines.indexOf("  " + name + ":");
    int end = begin + 1;
    while (end < lines.size() && !lines.get(end).matches(" {0,2}[^ ].*")) {
      end++;
    }
    return String.join("\n", lines.subList(begin, end));
  }

  /** What {@code Ref}, {@code GetAtt} and {@code Sub} name, without attributes. */
  Set<String> references() {
    Set<String> references = new TreeSet<>();
    Pattern reference = Pattern.compile("!(?:Ref|GetAtt) ([A-Za-z0-9:]+)");
    Pattern substituted = Pattern.compile("\\$\\{([A-Za-z0-9:]+)");
    boolean script = false;
    for (String line : lines) {
      script = line.equals("            - |") || (script && (line.isEmpty() || indent(line) >= 14));
      for (Pattern pattern : script ? List.<Pattern>of() : List.of(reference, substituted)) {
        Matcher found = pattern.matcher(line);
        while (found.find()) {
          references.add(found.group(1));
        }
      }
    }
    return references;
  }

  /** The script of the nodes, behind the assignments that CloudFormation fills in. */
  String userData() {
    StringBuilder script = new StringBuilder();
    int line = lines.indexOf("          - - !Sub |") + 1;
    while (indent(lines.get(line)) >= 14 || lines.get(line).isEmpty() || isNextPart(line)) {
      if (!isNextPart(line)) {
        String text = lines.get(line);
        script.append(text.isEmpty() ? "" : text.substring(14)).append('\n');
      }
      line++;
    }
    return script.toString().replaceAll("='.*\\$\\{[A-Za-z0-9.]+\\}.*'\n", "=x\n");
  }

  private boolean isNextPart(int line) {
    return lines.get(line).equals("            - |");
  }

  private static int indent(String line) {
    return line.length() - line.stripLeading().length();
  }
}
