package io.breakwater.lineage;

import io.breakwater.lineage.scrub.TextScrubber;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.StringJoiner;
import org.apache.spark.SparkConf;

/**
 * The user's transport in a few words for the log. Only what is known to hold no secret is shown:
 * everything else, and the user, query and fragment of an address, is left out.
 */
final class DelegateSummary {

  private static final String TRANSPORT = "spark.openlineage.transport.";
  private static final List<String> SHOWN = List.of("location", "topicName", "endpoint");

  private DelegateSummary() {}

  static String of(SparkConf conf) {
    String type =
        conf.get(TRANSPORT + "type", "the transport of OpenLineage's file or environment");
    StringJoiner parts = new StringJoiner(" ");
    parts.add(type);
    if (conf.contains(TRANSPORT + "url")) {
      parts.add("url=" + scrub(conf.get(TRANSPORT + "url")));
    }
    for (String name : SHOWN) {
      if (conf.contains(TRANSPORT + name)) {
        parts.add(name + "=" + TextScrubber.text(conf.get(TRANSPORT + name)));
      }
    }
    return parts.toString();
  }

  private static String scrub(String url) {
    try {
      URI uri = new URI(url);
      if (uri.getHost() == null) {
        return "<hidden>";
      }
      return new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), uri.getPath(), null, null)
          .toString();
    } catch (URISyntaxException e) {
      return "<not an address>";
    }
  }
}
