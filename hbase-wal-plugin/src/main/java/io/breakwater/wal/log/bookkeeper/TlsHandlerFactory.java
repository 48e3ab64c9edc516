package io.breakwater.wal.log.bookkeeper;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import org.apache.bookkeeper.conf.AbstractConfiguration;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.apache.bookkeeper.tls.SecurityHandlerFactory;

/** Gives BookKeeper's client the connections of {@link Tls}; made by the client, by its name. */
final class TlsHandlerFactory implements SecurityHandlerFactory {

  private static final String TLS = "breakwaterTls";

  private Tls tls;

  /** Has a client with these settings use {@code tls}. */
  static void use(ClientConfiguration conf, Tls tls) {
    conf.setTLSProviderFactoryClass(TlsHandlerFactory.class.getName());
    conf.setProperty(TLS, tls);
  }

  @Override
  public String getHandlerName() {
    return "tls";
  }

  @Override
  @SuppressWarnings("rawtypes") // As in the interface.
  public void init(NodeType type, AbstractConfiguration conf, ByteBufAllocator allocator) {
    tls = (Tls) conf.getProperty(TLS);
  }

  @Override
  public SslHandler newTLSHandler() {
    throw new UnsupportedOperationException("Cannot make a TLS connection to an unknown address");
  }

  @Override
  public SslHandler newTLSHandler(String host, int port) {
    return new ReportingSslHandler(tls, host, port);
  }

  /** With TLS 1.3 a bookie refuses a certificate after the handshake is over for the client. */
  private static final class ReportingSslHandler extends SslHandler {

    private final Tls tls;
    private final String peer;

    ReportingSslHandler(Tls tls, String host, int port) {
      super(tls.engine(host, port));
      this.tls = tls;
      this.peer = host + ":" + port;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
      super.handlerAdded(context);
      context.pipeline().addAfter(context.name(), "tls-report", new Report());
      // Before the client adds its own, so that the reason is known when the client is told.
      handshakeFuture()
          .addListener(
              handshake -> {
                if (!handshake.isSuccess()) {
                  tls.failed(peer, handshake.cause());
                }
              });
    }

    private final class Report extends ChannelInboundHandlerAdapter {

      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        // The bookie has answered a request, so it has taken the certificate.
        context.pipeline().remove(this);
        context.fireChannelRead(message);
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (handshakeFuture().isSuccess()) {
          tls.failed(peer, failure);
        }
        context.fireExceptionCaught(failure);
      }
    }
  }
}
