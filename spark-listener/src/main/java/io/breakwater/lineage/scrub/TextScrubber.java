package io.breakwater.lineage.scrub;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes secrets out of names and free text: SQL, messages, stack traces. Every address in them goes
 * through {@link UrlScrubber}; the value of everything that is called a password, secret, token or
 * key is replaced.
 */
public final class TextScrubber {

  private static final String REDACTED = "*********(redacted)";

  /** The drivers whose addresses come without {@code //}, and, from OpenLineage, without jdbc. */
  private static final String OPAQUE_DRIVERS =
      "oracle:\\w+|h2:(?:mem|file|zip|nio)|derby|hsqldb:\\w+|sqlite|duckdb|sybase:Tds|exa|phoenix"
          + "|salesforce|dremio|drill|odbc|firebirdsql|postgresql|redshift|pervasive|as400|cloudspanner"
          + "|neo4j:[\\w+]+";

  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?<![\\w+.-])(?:jdbc:[a-z]|[a-z][\\w+.-]*(?::[a-z][\\w+.-]*){0,4}://|(?:"
              + OPAQUE_DRIVERS
              + "):)(?:(?<==)\\{[^}\n]*}|[^\\s'\"`<>]|(?<=[:/@])\"[^\"\n]*\"(?=[/@]))*",
          Pattern.CASE_INSENSITIVE);

  /** What follows the name of a column in a schema. */
  private static final String TYPES =
      "string|binary|varchar|char|integer|int|bigint|long|boolean|double|decimal|date|timestamp|array"
          + "|map|struct|null|true|false";

  private static final String SECRET_NAME =
      "[\\w.-]*?(?:password|passwd|passphrase|passcode|pwd|secret|token|api[._-]?key|access[._-]?key"
          + "|private[._-]?key|account[._-]?key|shared[._-]?key|encryption[._-]?key|footer[._-]?key"
          + "|credentials?|\\bsig|signature|sas|(?:\\b|[._])pass|redis\\.auth|authorization)"
          + "(?:[._-]?(?:key|id|value|file|string))?(?:\\.(?!(?:java|scala|kt|py)\\b)[\\w-]++){0,9}";

  private static final Pattern SECRET = Pattern.compile(SECRET_NAME, Pattern.CASE_INSENSITIVE);

  /**
   * {@code name=value}, {@code 'name' = 'value'}, {@code name 'value'}, {@code "name": "value"},
   * the last also within a string, with backslashes.
   */
  private static final Pattern ASSIGNMENT =
      Pattern.compile(
          "(?<![\\w.-])(\\\\{1,3}\"|['\"`]?)("
              + SECRET_NAME
              + ")\\1(?:(\\s*(?:=>|==?|:)\\s*|\\s+)('(?:[^'\\\\]|\\\\.|'')*'|\"(?:[^\"\\\\]|\\\\.)*\""
              + "|\\\\{1,3}\"[^\"\\\\]*\\\\{1,3}\")"
              + "|(=|:(?!:) ?(?!(?:"
              + TYPES
              + ")\\b)|\\s*=>\\s*)([^\\s'\",;)&|]+))",
          Pattern.CASE_INSENSITIVE);

  /** What is known for a secret by itself: tokens of HTTP, signed tokens, private keys. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<=\\b(?i:bearer|basic) {1,3})(?=[\\w.~+/-]*\\d)[\\w.~+/-]{6,}=*"
              + "|\\beyJ[\\w-]{6,}\\.[\\w-]{6,}\\.[\\w-]*"
              + "|(?<=-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----)[\\s\\w+/=\\\\]+");

  /** {@code --password value} of a command. */
  private static final Pattern OPTION =
      Pattern.compile("(--" + SECRET_NAME + " +)[^\\s-]\\S*", Pattern.CASE_INSENSITIVE);

  private static final Pattern QUOTE = Pattern.compile("(\\\\*['\"]).*", Pattern.DOTALL);

  private static final Pattern IDENTIFIED =
      Pattern.compile(
          "(identified\\s+(?:with\\s+\\S+\\s+)?by\\s+(?:password\\s+)?)('(?:[^']|'')*'|\"[^\"]*\"|[^\\s;]+)",
          Pattern.CASE_INSENSITIVE);

  /** H2 has two passwords in one parameter, separated by a space. */
  private static final Pattern FILE_PASSWORD =
      Pattern.compile(
          "(\\bh2:[^\\s'\"]*\\bcipher=[^\\s'\"]*password=[^\\s;'\"]+) [^\\s;'\"]+",
          Pattern.CASE_INSENSITIVE);

  /** A user and a password at the beginning of a name: what is left of an address in an address. */
  private static final Pattern USER = Pattern.compile("/?[^/@\\s]*:[^@\\s]*@");

  private static final Pattern REST_OF_PASSWORD = Pattern.compile("^[^\\s]*@(?=[^@]*/)");
  private static final Pattern NAME_WITH_PARAMETERS =
      Pattern.compile("([^;?]*)([;?]\\s*[\\w .-]+=.*)", Pattern.DOTALL);
  private static final Pattern LAST_PART = Pattern.compile(".*\\.([\\w$]+)", Pattern.DOTALL);

  private TextScrubber() {}

  /** Whether the value of {@code name} is a secret. */
  public static boolean isSecretName(String name) {
    return SECRET.matcher(name).matches();
  }

  /** Free text, with addresses anywhere in it. */
  public static String text(String text) {
    if (!mayHoldSecrets(text)) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text.length());
    Matcher address = ADDRESS.matcher(FILE_PASSWORD.matcher(text).replaceAll("$1"));
    while (address.find()) {
      String url = address.group();
      int end = url.length();
      while (end > 0 && ").,;]}".indexOf(url.charAt(end - 1)) >= 0) {
        end--;
      }
      address.appendReplacement(
          clean,
          Matcher.quoteReplacement(UrlScrubber.scrub(url.substring(0, end)) + url.substring(end)));
    }
    address.appendTail(clean);
    return assignments(clean.toString());
  }

  /** The same; nothing of a text that is too long to be searched. */
  public static String safeText(String text) {
    try {
      return text(text);
    } catch (RuntimeException | StackOverflowError e) {
      return REDACTED;
    }
  }

  private static boolean mayHoldSecrets(String text) {
    return text.indexOf(':') >= 0
        || text.indexOf('=') >= 0
        || text.indexOf(' ') >= 0
        || text.startsWith("eyJ");
  }

  private static String assignments(String original) {
    String secret = Matcher.quoteReplacement(REDACTED);
    String text = TOKEN.matcher(original).replaceAll(secret);
    StringBuilder clean = new StringBuilder(text.length());
    Matcher assignment = ASSIGNMENT.matcher(text);
    while (assignment.find()) {
      String quoted = assignment.group(4);
      String quote = quoted == null ? "" : QUOTE.matcher(quoted).replaceFirst("$1");
      String name = text.substring(assignment.start(), assignment.end(2)) + assignment.group(1);
      String separator = quoted == null ? assignment.group(5) : assignment.group(3);
      assignment.appendReplacement(
          clean, Matcher.quoteReplacement(name + separator + quote + REDACTED + quote));
    }
    assignment.appendTail(clean);
    String named = IDENTIFIED.matcher(clean).replaceAll("$1'" + secret + "'");
    return OPTION.matcher(named).replaceAll("$1" + secret);
  }

  /**
   * The name of a dataset in a namespace. Where a password in an address was not escaped, the rest
   * of it, and the host, are at the beginning of the name.
   */
  public static String name(String namespace, String name) {
    boolean noHost = location(namespace).endsWith("://***");
    Matcher rest = REST_OF_PASSWORD.matcher(name);
    return name(noHost || !UrlScrubber.isStorage(namespace) ? rest.replaceFirst("") : name);
  }

  /**
   * The name of a dataset. OpenLineage puts what it cannot read of an address between the database
   * and the table: {@code db;Key=secret.table}; of that the table is kept.
   */
  public static String name(String name) {
    String clean = USER.matcher(name).lookingAt() ? USER.matcher(name).replaceFirst("") : name;
    Matcher parameters = NAME_WITH_PARAMETERS.matcher(clean);
    if (parameters.matches()) {
      Matcher last = LAST_PART.matcher(parameters.group(2));
      String head = parameters.group(1);
      clean = last.matches() ? head + "." + last.group(1) : head;
    }
    return text(clean);
  }

  /** The namespace of a dataset or another string that is an address or nothing like it. */
  public static String location(String location) {
    String lower = location.toLowerCase(Locale.ROOT);
    boolean address = lower.contains(":") && !lower.contains(" ");
    return address ? assignments(UrlScrubber.scrub(location)) : text(location);
  }

  /** What stands for a secret; the same as in Spark. */
  public static String redacted() {
    return REDACTED;
  }
}
