package io.breakwater.lineage.deliver;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/**
 * Sends an event to each of several delegates; when it is tried again, only to those that have not
 * taken or refused it yet. After a crash all of them get it again.
 */
final class CompositeDelegate implements Delegate {

  private final List<Delegate> parts;
  private final boolean continueOnFailure;
  private final BitSet done = new BitSet();
  private EncodedEvent current;
  private EventRefusedException refusal;

  CompositeDelegate(List<Delegate> parts, boolean continueOnFailure) {
    this.parts = parts;
    this.continueOnFailure = continueOnFailure;
  }

  @Override
  public void deliver(EncodedEvent event) throws Exception {
    if (event != current) {
      current = event;
      refusal = null;
      done.clear();
    }
    Exception failure = null;
    for (int i = done.nextClearBit(0); i < parts.size(); i = done.nextClearBit(i + 1)) {
      try {
        parts.get(i).deliver(event);
        done.set(i);
      } catch (EventRefusedException e) {
        done.set(i);
        refusal = e;
      } catch (Exception e) {
        if (!continueOnFailure) {
          throw e;
        }
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
    if (refusal != null) {
      throw refusal;
    }
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (Delegate part : parts) {
      try {
        part.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
