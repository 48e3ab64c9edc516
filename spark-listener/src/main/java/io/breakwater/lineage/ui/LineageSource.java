package io.breakwater.lineage.ui;

import java.util.List;
import java.util.function.Consumer;

/** Where the events of one application are that its page tells of. Safe for many threads. */
interface LineageSource {

  /** Of which application, and until when, in words for the reader. */
  String name();

  /** Gives the JSON of every event, in order, and returns what is missing, in sentences. */
  List<String> read(Consumer<byte[]> events);
}
