package io.breakwater.lineage.tool;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.SparkConf;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The properties of a Spark configuration that a command works with. */
final class ConfOptions {

  private static final List<String> PREFIXES = List.of("spark.openlineage.", "spark.hadoop.");

  @Option(
      names = {"-c", "--conf"},
      paramLabel = "KEY=VALUE",
      description =
          "A property spark.openlineage.*, such as spark.openlineage.transport.type=http, or"
              + " spark.hadoop.*.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--properties-file",
      paramLabel = "FILE",
      description = "A file of such properties: the job's spark-defaults.conf will do.")
  private Path propertiesFile;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  SparkConf read() throws IOException {
    SparkConf conf = new SparkConf(false);
    if (propertiesFile != null) {
      Properties file = new Properties();
      try (Reader reader = Files.newBufferedReader(propertiesFile, StandardCharsets.UTF_8)) {
        file.load(reader);
      }
      for (String name : file.stringPropertyNames()) {
        if (isKnown(name)) {
          conf.set(name, file.getProperty(name).trim());
        }
      }
    }
    for (Map.Entry<String, String> property : properties.entrySet()) {
      if (!isKnown(property.getKey())) {
        throw new ParameterException(
            spec.commandLine(),
            "Unknown --conf "
                + property.getKey()
                + ", must begin with "
                + String.join(" or ", PREFIXES));
      }
      conf.set(property.getKey(), property.getValue());
    }
    return conf;
  }

  private static boolean isKnown(String name) {
    return PREFIXES.stream().anyMatch(name::startsWith);
  }
}
