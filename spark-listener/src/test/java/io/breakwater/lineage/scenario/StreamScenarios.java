package io.breakwater.lineage.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;

/** Streaming queries over files. */
final class StreamScenarios {

  static final List<Scenario> ALL =
      List.of(
          new Scenario("stream_csv", StreamScenarios::csv),
          new Scenario("stream_foreach_batch", StreamScenarios::foreachBatch));

  private StreamScenarios() {}

  private static Dataset<Row> people(SparkSession spark, Path dir) throws IOException {
    Path in = Files.createDirectories(dir.resolve("in_666"));
    Files.writeString(in.resolve("people.csv"), "Ada,Paris\nBo,Rome\n");
    return spark.readStream().schema("name string, city string").csv(in.toString());
  }

  private static void csv(SparkSession spark, Path dir) throws Exception {
    people(spark, dir)
        .writeStream()
        .format("noop")
        .option("checkpointLocation", dir.resolve("checkpoint").toString())
        .trigger(Trigger.AvailableNow())
        .start()
        .awaitTermination();
  }

  private static void foreachBatch(SparkSession spark, Path dir) throws Exception {
    people(spark, dir)
        .writeStream()
        .option("checkpointLocation", dir.resolve("checkpoint").toString())
        .trigger(Trigger.AvailableNow())
        .foreachBatch(
            (rows, id) -> {
              rows.write().mode("append").csv(dir.resolve("out").toString());
            })
        .start()
        .awaitTermination();
  }
}
