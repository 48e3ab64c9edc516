package io.breakwater.wal.hbase;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DelayProxyTest {

  private static final String NEAR = "127.0.0.2";
  private static final String FAR = "127.0.0.1";
  private static final long ROUND_TRIP_MICROS = 20_000;

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private ServerSocket server;
  private DelayProxy proxy;
  private Socket client;
  private Socket behind;

  @BeforeEach
  void connect() throws Exception {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    proxy = new DelayProxy(NEAR, FAR, server.getLocalPort(), ROUND_TRIP_MICROS);
    Future<Socket> accepted = executor.submit(server::accept);
    client = new Socket();
    client.connect(new InetSocketAddress(InetAddress.getByName(NEAR), server.getLocalPort()));
    behind = accepted.get();
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    behind.close();
    proxy.close();
    server.close();
    executor.shutdownNow();
  }

  @Test
  void bytes_arriveAsTheyWere_inBothDirections() throws Exception {
    byte[] sent = new byte[3 << 20];
    new Random(20261121).nextBytes(sent);
    for (Socket from : new Socket[] {client, behind}) {
      Socket to = from == client ? behind : client;
      Future<byte[]> received =
          executor.submit(() -> new DataInputStream(to.getInputStream()).readNBytes(sent.length));
      from.getOutputStream().write(sent);
      assertThat(received.get()).isEqualTo(sent);
    }
  }

  @Test
  void answer_comesNoSoonerThanTheRoundTrip() throws Exception {
    long start = System.nanoTime();
    client.getOutputStream().write(1);
    behind.getOutputStream().write(behind.getInputStream().read());
    assertThat(client.getInputStream().read()).isEqualTo(1);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(ROUND_TRIP_MICROS * 1_000);
  }

  @Test
  void endOfAConnection_isPassedOn() throws Exception {
    client.close();
    assertThat(behind.getInputStream().read()).isEqualTo(-1);
  }
}
