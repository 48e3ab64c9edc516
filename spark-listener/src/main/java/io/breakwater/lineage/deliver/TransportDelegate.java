package io.breakwater.lineage.deliver;

import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.transports.CompositeConfig;
import io.openlineage.client.transports.FileConfig;
import io.openlineage.client.transports.FileTransport;
import io.openlineage.client.transports.HttpTransport;
import io.openlineage.client.transports.HttpTransportResponseException;
import io.openlineage.client.transports.Transport;
import io.openlineage.client.transports.TransportConfig;
import io.openlineage.client.transports.TransportFactory;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One OpenLineage transport, made by OpenLineage's own factory, as a delegate that tells the truth
 * about failures as far as the transport does.
 */
public final class TransportDelegate implements Delegate {

  private static final Logger LOG = LoggerFactory.getLogger(TransportDelegate.class);

  /**
   * The statuses 4xx that speak of the caller, the address or the moment, not of the event: they
   * may pass when somebody mends the configuration.
   */
  private static final Set<Integer> RETRIED_4XX =
      Set.of(401, 403, 404, 405, 407, 408, 421, 425, 426, 429);

  private final Transport transport;
  private final Optional<Method> emitJson;

  private TransportDelegate(Transport transport) {
    this.transport = transport;
    this.emitJson = emitJson(transport);
  }

  /** OpenLineage's own transports for JSON write events to it first, and have no other way in. */
  private static Optional<Method> emitJson(Transport transport) {
    if (transport.getClass() != HttpTransport.class
        && transport.getClass() != FileTransport.class) {
      return Optional.empty();
    }
    try {
      Method emit = transport.getClass().getDeclaredMethod("emit", String.class);
      emit.setAccessible(true);
      return Optional.of(emit);
    } catch (NoSuchMethodException | RuntimeException e) {
      LOG.info(
          "Cannot hand JSON to {} of this version of OpenLineage ({}); events are read and written"
              + " again instead",
          transport.getClass().getSimpleName(),
          e.toString());
      return Optional.empty();
    }
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
    TransportDelegate delegate = new TransportDelegate(new TransportFactory(config).build());
    return config instanceof FileConfig file
        ? new FileDelegate(delegate, Path.of(file.getLocation()))
        : delegate;
  }

  @Override
  public void deliver(EncodedEvent event) throws EventRefusedException {
    try {
      if (emitJson.isPresent()) {
        emit(emitJson.get(), event.text());
      } else {
        emit(event.decoded());
      }
    } catch (RuntimeException e) {
      Optional<HttpTransportResponseException> refusal = refusal(e);
      if (refusal.isPresent()) {
        throw new EventRefusedException(refusal.get().getMessage(), e);
      }
      throw e;
    }
  }

  private void emit(OpenLineage.BaseEvent event) {
    if (event instanceof OpenLineage.RunEvent run) {
      transport.emit(run);
    } else if (event instanceof OpenLineage.DatasetEvent dataset) {
      transport.emit(dataset);
    } else {
      transport.emit((OpenLineage.JobEvent) event);
    }
  }

  private void emit(Method method, String json) {
    try {
      method.invoke(transport, json);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (e.getCause() instanceof RuntimeException exception) {
        throw exception;
      }
      throw new IllegalStateException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The bytes of {@code event} as the transport sends it. */
  int length(EncodedEvent event) throws EventRefusedException {
    return emitJson.isPresent()
        ? event.json().length
        : OpenLineageClientUtils.toJson(event.decoded()).getBytes(StandardCharsets.UTF_8).length;
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
