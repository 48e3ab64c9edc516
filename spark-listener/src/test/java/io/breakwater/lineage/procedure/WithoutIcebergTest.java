package io.breakwater.lineage.procedure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.lineage.dataset.DatasetNames;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The classes of this package in a class loader that has everything but Iceberg. */
class WithoutIcebergTest {

  @Test
  void readerAndStep_areMadeAndHearOfEvents() throws Exception {
    try (URLClassLoader loader = withoutIceberg()) {
      assertThatThrownBy(() -> loader.loadClass("org.apache.iceberg.Table"))
          .isInstanceOf(ClassNotFoundException.class);
      Class<?> readerType = loader.loadClass(ProcedureReader.class.getName());
      Object reader = readerType.getConstructor(Duration.class).newInstance(Duration.ZERO);
      Class<?> stepType = loader.loadClass(ProcedureStep.class.getName());
      Class<?> namesType = loader.loadClass(DatasetNames.class.getName());
      Class<?> confType = loader.loadClass("org.apache.spark.SparkConf");
      Object conf = confType.getConstructor(boolean.class).newInstance(false);
      Object names = namesType.getMethod("of", confType).invoke(null, conf);
      assertThat(stepType.getConstructor(readerType, namesType).newInstance(reader, names))
          .isNotNull();
      Class<?> event = loader.loadClass("org.apache.spark.scheduler.SparkListenerEvent");
      Object end =
          loader
              .loadClass("org.apache.spark.scheduler.SparkListenerApplicationEnd")
              .getConstructor(long.class)
              .newInstance(0L);
      readerType.getMethod("read", event).invoke(reader, end);
    }
  }

  private static URLClassLoader withoutIceberg() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains("iceberg")) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
  }
}
