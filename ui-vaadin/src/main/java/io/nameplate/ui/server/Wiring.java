package io.nameplate.ui.server;

import com.vaadin.flow.di.DefaultInstantiator;
import com.vaadin.flow.server.CustomizedSystemMessages;
import com.vaadin.flow.server.ServiceInitEvent;
import com.vaadin.flow.server.VaadinService;
import com.vaadin.flow.server.VaadinServiceInitListener;
import com.vaadin.flow.server.VaadinSession;
import io.nameplate.sdk.Nameplate;
import io.nameplate.ui.Frame;
import io.nameplate.ui.Settings;
import io.nameplate.ui.domains.DomainPage;
import io.nameplate.ui.domains.DomainsPage;
import io.nameplate.ui.domains.Links;
import io.nameplate.ui.signin.Doorkeeper;
import io.nameplate.ui.signin.SignInPage;
import io.nameplate.ui.signin.SignedIn;
import java.time.Duration;
import java.util.stream.Stream;

/// Gives each page what it needs. Everything else is made as Vaadin makes it.
final class Wiring extends DefaultInstantiator {

  private final transient Settings settings;
  private final transient Doorkeeper doorkeeper;
  private final transient Links links;

  Wiring(VaadinService service, Settings settings) {
    super(service);
    this.settings = settings;
    // The key is replaced at each sign-in; connections are shared by all sessions.
    var anyone =
        Nameplate.builder()
            .url(settings.api().toString())
            .apiKey("nobody")
            .application("nameplate-dashboard")
            .connectTimeout(Duration.ofSeconds(2))
            .requestTimeout(Duration.ofSeconds(10))
            .maxRetries(2)
            .build();
    doorkeeper = new Doorkeeper(anyone);
    links = new Links(settings.temporalUi(), settings.temporalNamespace(), settings.sandbox());
  }

  @Override
  public <T> T getOrCreate(Class<T> type) {
    if (type == SignInPage.class) {
      return type.cast(new SignInPage(doorkeeper, settings.sandbox().isPresent()));
    }
    if (type == DomainsPage.class) {
      return type.cast(new DomainsPage(signedIn()));
    }
    if (type == DomainPage.class) {
      return type.cast(new DomainPage(signedIn(), links));
    }
    if (type == Frame.class) {
      return type.cast(new Frame(signedIn(), settings.temporalUi()));
    }
    return super.getOrCreate(type);
  }

  private static SignedIn signedIn() {
    return SignedIn.in(VaadinSession.getCurrent())
        .orElseThrow(() -> new IllegalStateException("no page is made before sign-in"));
  }

  @Override
  public Stream<VaadinServiceInitListener> getServiceInitListeners() {
    return Stream.of(this::prepare);
  }

  /// A session that has ended leads to the sign-in page by itself, without a box about it.
  private static CustomizedSystemMessages endsQuietly() {
    var messages = new CustomizedSystemMessages();
    messages.setSessionExpiredNotificationEnabled(false);
    return messages;
  }

  private void prepare(ServiceInitEvent start) {
    start.addIndexHtmlRequestListener(new ScriptPolicy());
    start.getSource().setSystemMessagesProvider(_ -> endsQuietly());
    start
        .getSource()
        .addUIInitListener(begin -> {
          doorkeeper.guard(begin.getUI());
          begin.getUI().getPage().addJavaScript("context://nameplate.js");
        });
    start
        .getSource()
        .addSessionInitListener(begin -> begin.getSession().setErrorHandler(new Mishaps()));
  }
}
