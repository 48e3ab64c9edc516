package io.breakwater.wal.hbase;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Servers, each a process of its own on this machine, that keep three copies of a log. */
public interface Storage extends AutoCloseable {

  /** What a region server has to be configured with to write its logs there. */
  Map<String, String> configuration();

  /** The property, with its value, that has the logs of {@code run} in a directory of their own. */
  String directoryOfLogs(String run);

  /** What the region server's JVM has to be started with. */
  List<String> jvmArguments();

  /** Processor time of all servers since their start. */
  Duration processorTime();

  @Override
  void close() throws IOException;
}
