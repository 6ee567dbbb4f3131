package io.nameplate.sandbox.origins;

import java.nio.ByteBuffer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends every message back as it came.
public final class EchoSocket extends Session.Listener.AbstractAutoDemanding {
  private static final Logger LOG = LoggerFactory.getLogger(EchoSocket.class);

  @Override
  public void onWebSocketText(String message) {
    getSession().sendText(message, Callback.NOOP);
  }

  /// Visitors leave as they like.
  @Override
  public void onWebSocketError(Throwable cause) {
    LOG.debug("A WebSocket ended error={}", cause.toString());
  }

  @Override
  public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
    getSession().sendBinary(payload, callback);
  }
}
