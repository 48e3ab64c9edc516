package io.breakwater.lineage.events;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A daemon thread on which OpenLineage builds events. When it is given up, it goes on with what it
 * is at, without being interrupted, as that may be shared with the job; but it emits nothing more,
 * and ends afterwards.
 */
final class BuildThread extends Thread {

  private final BlockingQueue<FutureTask<?>> tasks = new LinkedBlockingQueue<>();
  private boolean emitted;
  private boolean abandoned;

  BuildThread() {
    super("breakwater-lineage-build");
    setDaemon(true);
  }

  /** Whether what the calling thread emits is still wanted; true for threads of other kinds. */
  static boolean mayEmit() {
    return !(Thread.currentThread() instanceof BuildThread thread) || thread.marksEmitted();
  }

  Future<?> submit(Runnable build) {
    synchronized (this) {
      emitted = false;
    }
    FutureTask<?> task = new FutureTask<>(build, null);
    tasks.add(task);
    return task;
  }

  private synchronized boolean marksEmitted() {
    emitted |= !abandoned;
    return !abandoned;
  }

  /** Whether the last build has emitted anything. */
  synchronized boolean hasEmitted() {
    return emitted;
  }

  /** Gives the thread up, unless what it builds has been emitted in the meantime. */
  synchronized boolean abandon() {
    abandoned = !emitted;
    return abandoned;
  }

  @Override
  public void run() {
    try {
      while (!isAbandoned()) {
        tasks.take().run();
      }
    } catch (InterruptedException e) {
      // Nobody but the end of the process interrupts this thread.
      abandon();
    }
  }

  private synchronized boolean isAbandoned() {
    return abandoned;
  }
}
