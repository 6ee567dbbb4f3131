package io.nameplate.ui.server;

import com.vaadin.flow.server.ErrorEvent;
import com.vaadin.flow.server.ErrorHandler;
import io.nameplate.ui.Notice;
import java.io.EOFException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What happens when our own code fails: the log has it under an id, and the page shows the id.
final class Mishaps implements ErrorHandler {

  private static final Logger LOG = LoggerFactory.getLogger(Mishaps.class);

  @Override
  public void error(ErrorEvent event) {
    if (event.getThrowable() instanceof EOFException) {
      // The visitor left before the answer was complete.
      return;
    }
    var id = UUID.randomUUID().toString().substring(0, 8);
    LOG.atError().addKeyValue("mishap", id).setCause(event.getThrowable()).log("A page failed");
    Notice.failed("Something went wrong on our side. The log knows it as " + id + ".");
  }
}
