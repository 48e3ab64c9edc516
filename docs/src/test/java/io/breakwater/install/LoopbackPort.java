package io.breakwater.install;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports that no outgoing connection takes while their owner is down. */
final class LoopbackPort {

  /** Below the ranges that operating systems give to outgoing connections. */
  private static final int FIRST = 20_000;

  private static final int LAST = 31_999;

  private LoopbackPort() {}

  static int free() {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException(
        "Cannot find a free port between " + FIRST + " and " + LAST + " in 1000 attempts");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException occupied) {
      return false;
    }
  }
}
