package io.breakwater.lineage.deliver;

import io.openlineage.client.OpenLineage;
import io.openlineage.client.transports.CompositeConfig;
import io.openlineage.client.transports.FileConfig;
import io.openlineage.client.transports.HttpTransportResponseException;
import io.openlineage.client.transports.Transport;
import io.openlineage.client.transports.TransportConfig;
import io.openlineage.client.transports.TransportFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One OpenLineage transport, made by OpenLineage's own factory, as a delegate that tells the truth
 * about failures as far as the transport does.
 */
public final class TransportDelegate implements Delegate {

  /**
   * The statuses 4xx that speak of the caller, the address or the moment, not of the event: they
   * may pass when somebody mends the configuration.
   */
  private static final Set<Integer> RETRIED_4XX =
      Set.of(401, 403, 404, 405, 407, 408, 421, 425, 426, 429);

  private final Transport transport;

  private TransportDelegate(Transport transport) {
    this.transport = transport;
  }

  /**
   * The delegate for {@code config}. A {@code file} is checked to have grown, and the parts of a
   * {@code composite} are sent to one by one, because both transports keep their failures to
   * themselves. {@code kafka} does so too, and nothing can be done about it from outside.
   */
  public static Delegate of(TransportConfig config) {
    if (config instanceof CompositeConfig composite) {
      List<Delegate> parts = new ArrayList<>();
      for (TransportConfig part : composite.getTransports()) {
        parts.add(of(part));
      }
      return new CompositeDelegate(parts, composite.getContinueOnFailure());
    }
    Delegate delegate = new TransportDelegate(new TransportFactory(config).build());
    return config instanceof FileConfig file
        ? new FileDelegate(delegate, Path.of(file.getLocation()))
        : delegate;
  }

  @Override
  public void deliver(OpenLineage.BaseEvent event) throws EventRefusedException {
    try {
      if (event instanceof OpenLineage.RunEvent run) {
        transport.emit(run);
      } else if (event instanceof OpenLineage.DatasetEvent dataset) {
        transport.emit(dataset);
      } else {
        transport.emit((OpenLineage.JobEvent) event);
      }
    } catch (RuntimeException e) {
      Optional<HttpTransportResponseException> refusal = refusal(e);
      if (refusal.isPresent()) {
        throw new EventRefusedException(refusal.get().getMessage(), e);
      }
      throw e;
    }
  }

  private static Optional<HttpTransportResponseException> refusal(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpTransportResponseException response) {
        int status = response.getStatusCode();
        return Optional.of(response)
            .filter(r -> status >= 400 && status < 500 && !RETRIED_4XX.contains(status));
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    try {
      transport.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Cannot close " + transport + ": interrupted", e);
    } catch (Exception e) {
      throw new IOException("Cannot close " + transport + ": " + e, e);
    }
  }
}
