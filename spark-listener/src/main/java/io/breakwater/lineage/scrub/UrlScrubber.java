package io.breakwater.lineage.scrub;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes secrets out of addresses by keeping only what is known to be none: scheme, hosts and ports,
 * path or database, and the parameters of {@link #KEPT_PARAMETERS}. Users, passwords and whatever
 * parameter nobody has heard of are left out. What holds nothing to leave out stays as it is.
 *
 * <p>Knows URLs ({@code scheme://user@host/path?a=b}), the dialects of JDBC drivers ({@code ;a=b},
 * {@code /A=b,C=d}, Oracle's {@code user/password@}, hosts as {@code (host=a)(port=1)}), and
 * passwords in them that should have been escaped and were not.
 */
final class UrlScrubber {

  /** Lower case. They say which data is meant; none of them lets anybody in. */
  static final Set<String> KEPT_PARAMETERS =
      Set.of(
          "catalog",
          "conncatalog",
          "connschema",
          "currentschema",
          "database",
          "databasename",
          "db",
          "defaultdataset",
          "direct",
          "httppath",
          "informixserver",
          "instance",
          "instancename",
          "libraries",
          "portnumber",
          "projectid",
          "region",
          "awsregion",
          "s3outputlocation",
          "schema",
          "searchpath",
          "servername",
          "service_name",
          "servicename",
          "sid",
          "warehouse",
          "workgroup",
          "zk");

  /** Schemes whose paths may hold any character, and are no credentials. */
  private static final Set<String> STORAGE =
      Set.of(
          "abfs",
          "abfss",
          "adl",
          "cos",
          "cosn",
          "dbfs",
          "file",
          "gs",
          "hdfs",
          "http",
          "https",
          "obs",
          "oss",
          "s3",
          "s3a",
          "s3n",
          "viewfs",
          "wasb",
          "wasbs",
          "webhdfs",
          "swebhdfs");

  /** Schemes whose authority is {@code container@account}. */
  private static final Set<String> CONTAINERS = Set.of("abfs", "abfss", "wasb", "wasbs");

  private static final Pattern HIERARCHICAL =
      Pattern.compile("((?:[A-Za-z][\\w+.-]*:)+)//(.*)", Pattern.DOTALL);
  private static final Pattern ORACLE =
      Pattern.compile("((?:jdbc:)?oracle:\\w+:)(.*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern OPAQUE =
      Pattern.compile(
          "((?:jdbc:)?[A-Za-z][\\w+.-]*:)(.*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final String HOST = "(?:[\\w.%-]*|\\[[0-9a-fA-F:.%]*])(?:\\\\\\w+)?(?::\\d*)?";
  private static final Pattern HOSTS = Pattern.compile(HOST + "(?:," + HOST + ")*|arn:[\\w:.-]*");
  private static final Pattern HOST_ATTRIBUTE =
      Pattern.compile("\\(?\\bhost\\s*=\\s*([\\w.-]+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern PORT_ATTRIBUTE =
      Pattern.compile("\\bport\\s*=\\s*(\\d+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern SERVICE_ATTRIBUTE =
      Pattern.compile("\\b(?:service_name|sid)\\s*=\\s*([\\w.-]+)", Pattern.CASE_INSENSITIVE);

  /** What may be in the value of a parameter that is kept. */
  private static final Pattern PLAIN = Pattern.compile("[\\w.$:/ -]{0,200}");

  /** What some drivers have between the first host and the parameters. */
  private static final Pattern MORE_HOSTS = Pattern.compile("(?:;[\\w.-]+:\\d+)*/?");

  private static final Pattern PARAMETER =
      Pattern.compile("([;?&#,:]|^)\\s*([\\w .-]+?)\\s*=(\\{[^}]*}|[^;?&#]*)");

  private UrlScrubber() {}

  /** Whether {@code url} is one of files or objects, not of a database. */
  static boolean isStorage(String url) {
    int colon = url.indexOf(':');
    return STORAGE.contains(url.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT))
        || !url.contains("://");
  }

  /** The address {@code url}, without secrets. */
  static String scrub(String url) {
    Matcher oracle = ORACLE.matcher(url);
    if (oracle.matches()) {
      return oracle(oracle.group(1), oracle.group(2));
    }
    Matcher hierarchical = HIERARCHICAL.matcher(url);
    if (hierarchical.matches()) {
      String schemes = hierarchical.group(1);
      String body = hierarchical.group(2);
      return schemes
          + "//"
          + (HIERARCHICAL.matcher(body).matches() ? scrub(body) : body(lastOf(schemes), body));
    }
    Matcher opaque = OPAQUE.matcher(url);
    if (!opaque.matches()) {
      return parameters(url);
    }
    String scheme = opaque.group(1);
    return scheme
        + (STORAGE.contains(lastOf(scheme))
            ? storagePath(opaque.group(2))
            : opaque(opaque.group(2)));
  }

  /** The last scheme of several, such as {@code mysql} of {@code jdbc:mysql:}. */
  private static String lastOf(String schemes) {
    String[] parts = schemes.split(":", -1);
    return parts[parts.length - 2].toLowerCase(Locale.ROOT);
  }

  private static String body(String scheme, String text) {
    boolean storage = STORAGE.contains(scheme);
    String body = withoutUser(scheme, storage, text);
    int end = indexOfAny(body, "/?#;", 0);
    String authority = authority(body.substring(0, end), CONTAINERS.contains(scheme));
    String rest = body.substring(end);
    return authority + (storage ? storagePath(rest) : databasePath(rest));
  }

  private static String withoutUser(String scheme, boolean storage, String text) {
    String body = text;
    while (true) {
      int end = indexOfAny(body, "/?#;", 0);
      String authority = body.substring(0, end);
      int at = authority.lastIndexOf('@');
      if (at >= 0 && CONTAINERS.contains(scheme) && authority.indexOf(':') < 0) {
        return body;
      }
      if (at < 0 && !isHosts(authority)) {
        at = body.indexOf('@');
      }
      if (at < 0 && !storage) {
        at = body.substring(0, indexOfAny(body, "?#;", end)).lastIndexOf('@');
      }
      if (at < 0) {
        return body;
      }
      body = body.substring(at + 1);
    }
  }

  private static boolean isHosts(String authority) {
    return HOSTS.matcher(authority).matches()
        || HOST_ATTRIBUTE.matcher(authority).find()
        || authority.indexOf('=') >= 0;
  }

  private static String authority(String authority, boolean container) {
    if (HOSTS.matcher(authority).matches()
        || (container && authority.matches("[\\w$.-]*@[\\w.-]*"))) {
      return authority;
    }
    Matcher host = HOST_ATTRIBUTE.matcher(authority);
    if (host.find()) {
      return attributes(authority, ",");
    }
    // Some drivers have parameters where others have hosts.
    return authority.indexOf('=') >= 0 ? parameters(authority) : "***";
  }

  /** Hosts and ports of {@code (host=a)(port=1)}, in whatever nesting. */
  private static String attributes(String text, String separator) {
    List<String> hosts = new ArrayList<>();
    Matcher host = HOST_ATTRIBUTE.matcher(text);
    while (host.find()) {
      Matcher next = HOST_ATTRIBUTE.matcher(text);
      int end = next.find(host.end()) ? next.start() : text.length();
      Matcher port = PORT_ATTRIBUTE.matcher(text).region(host.end(), end);
      hosts.add(host.group(1) + (port.find() ? ":" + port.group(1) : ""));
    }
    return String.join(separator, hosts);
  }

  private static String storagePath(String rest) {
    Matcher query = Pattern.compile("[?;#][\\w.%-]+=").matcher(rest);
    return query.find()
        ? rest.substring(0, query.start()) + parameters(rest.substring(query.start()))
        : rest;
  }

  private static String databasePath(String rest) {
    int end = indexOfAny(rest, ";?#&", 0);
    String path = rest.substring(0, end);
    return path.indexOf('=') < 0
        ? path + parameters(rest.substring(end))
        : parametersInPath(rest, path.indexOf('='));
  }

  /** Parameters begin within the path: /NAME=value,... or /database:NAME=value;... */
  private static String parametersInPath(String rest, int equals) {
    int begin = Math.max(rest.lastIndexOf('/', equals), rest.lastIndexOf(':', equals));
    boolean afterColon = begin >= 0 && rest.charAt(begin) == ':';
    String head = rest.substring(0, begin + (afterColon ? 0 : 1));
    String tail = rest.substring(begin + 1);
    return head + parameters((afterColon ? ":" : "") + (tail.contains(",") ? commas(tail) : tail));
  }

  /** Separates parameters by semicolons that are separated by commas. */
  private static String commas(String text) {
    return text.replaceAll(",(?=\\s*[\\w .-]+=)", ";");
  }

  private static String oracle(String prefix, String body) {
    int question = body.lastIndexOf('?');
    String address = question > body.lastIndexOf('@') ? body.substring(0, question) : body;
    String query = body.substring(address.length());
    address = address.substring(address.lastIndexOf('@') + 1);
    if (HOST_ATTRIBUTE.matcher(address).find()) {
      Matcher service = SERVICE_ATTRIBUTE.matcher(address);
      address = "//" + attributes(address, ",") + (service.find() ? "/" + service.group(1) : "");
    }
    return prefix + "@" + address + parameters(query);
  }

  private static String opaque(String body) {
    int end = indexOfAny(body, ";?#&", 0);
    String head = body.substring(0, end);
    if (head.indexOf('=') >= 0) {
      return parametersInPath(body, head.indexOf('='));
    }
    return head.substring(head.lastIndexOf('@') + 1) + parameters(body.substring(end));
  }

  /** Those of {@code name=value;...} that are kept. */
  static String parameters(String text) {
    StringBuilder kept = new StringBuilder();
    Matcher parameter = PARAMETER.matcher(text);
    boolean first = true;
    boolean query = false;
    while (parameter.find()) {
      if (first) {
        String before = text.substring(0, parameter.start());
        kept.append(MORE_HOSTS.matcher(before).matches() ? before : "");
        first = false;
      }
      if (KEPT_PARAMETERS.contains(parameter.group(2).toLowerCase(Locale.ROOT))
          && PLAIN.matcher(parameter.group(3)).matches()) {
        String separator = parameter.group(1);
        if (separator.equals("&") && !query) {
          separator = "?";
        }
        query |= separator.equals("?");
        kept.append(separator).append(parameter.group(2)).append('=').append(parameter.group(3));
      }
    }
    return first && indexOfAny(text, ";?#&", 0) < text.length()
        ? ""
        : first ? text : kept.toString();
  }

  private static int indexOfAny(String text, String characters, int from) {
    for (int i = from; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return text.length();
  }
}
