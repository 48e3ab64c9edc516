package io.breakwater.wal.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With a server behind the link that answers each number with the same number. */
class FaultyLinkTest {

  private static final int SHORT_MILLIS = 300;

  private final AtomicInteger received = new AtomicInteger();
  private ServerSocket server;
  private FaultyLink link;
  private InetSocketAddress entrance;

  @BeforeEach
  void startServer() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "echo");
    thread.setDaemon(true);
    thread.start();
    entrance = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.fresh());
    link = FaultyLink.between(entrance, (InetSocketAddress) server.getLocalSocketAddress());
  }

  @AfterEach
  void stop() throws IOException {
    link.close();
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        while (true) {
          int number = in.readInt();
          received.incrementAndGet();
          out.writeInt(number);
        }
      } catch (IOException clientIsGone) {
        // The next one is served.
      }
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(entrance, 5_000);
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void send(Socket socket, int number) throws IOException {
    new DataOutputStream(socket.getOutputStream()).writeInt(number);
  }

  private static int answer(Socket socket) throws IOException {
    return new DataInputStream(socket.getInputStream()).readInt();
  }

  @Test
  void forwards_bothWays() throws IOException {
    try (Socket socket = connect()) {
      for (int number = 0; number < 1_000; number++) {
        send(socket, number);
        assertThat(answer(socket)).isEqualTo(number);
      }
    }
  }

  @Test
  void delay_holdsBackEachWay_andKeepsManyRequestsUnderWay() throws IOException {
    Duration eachWay = Duration.ofMillis(200);
    link.delay(eachWay);
    try (Socket socket = connect()) {
      long start = System.nanoTime();
      for (int number = 0; number < 100; number++) {
        send(socket, number);
      }
      assertThat(answer(socket)).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(eachWay.multipliedBy(2));
      // One after the other they would be on their way now, not there.
      assertThat(received).hasValue(100);
      for (int number = 1; number < 100; number++) {
        assertThat(answer(socket)).isEqualTo(number);
      }
    }
  }

  @Test
  void cut_breaksConnections_andMendLetsNewOnesThrough() throws IOException {
    try (Socket socket = connect()) {
      send(socket, 1);
      answer(socket);
      link.cut();
      assertThatThrownBy(() -> answer(socket)).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(this::exchange).isInstanceOf(IOException.class);
    link.mend();
    exchange();
  }

  @Test
  void silence_keepsTheConnection_andLetsNothingArrive() throws IOException {
    try (Socket socket = connect()) {
      send(socket, 1);
      answer(socket);
      link.silence();
      send(socket, 2);
      socket.setSoTimeout(SHORT_MILLIS);
      assertThatThrownBy(() -> answer(socket)).isInstanceOf(SocketTimeoutException.class);
      assertThat(received).hasValue(1);
    }
  }

  @Test
  void dropReplies_letsRequestsArrive_andMendBreaksTheConnectionThatLostSome() throws IOException {
    try (Socket socket = connect()) {
      link.dropReplies();
      send(socket, 1);
      Awaitility.await().until(() -> received.get() == 1);
      socket.setSoTimeout(SHORT_MILLIS);
      assertThatThrownBy(() -> answer(socket)).isInstanceOf(SocketTimeoutException.class);
      link.mend();
      socket.setSoTimeout(10_000);
      assertThatThrownBy(() -> answer(socket))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(SocketTimeoutException.class);
    }
    exchange();
  }

  @Test
  void serverThatDoesNotListen_looksAsIfTheConnectionBroke() throws IOException {
    server.close();
    assertThatThrownBy(this::exchange).isInstanceOf(IOException.class);
  }

  private void exchange() throws IOException {
    try (Socket socket = connect()) {
      send(socket, 7);
      assertThat(answer(socket)).isEqualTo(7);
    }
  }
}
