package io.nameplate.ui.server;

import com.vaadin.flow.server.startup.AnnotationValidator;
import com.vaadin.flow.server.startup.ErrorNavigationTargetInitializer;
import com.vaadin.flow.server.startup.LookupServletContainerInitializer;
import com.vaadin.flow.server.startup.RouteRegistryInitializer;
import com.vaadin.flow.server.startup.VaadinAppShellInitializer;
import io.nameplate.ui.Settings;
import java.time.Duration;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/// The HTTP server of the dashboard. Vaadin's own start-up steps run by hand, each given the
/// classes it would have found by scanning.
public final class DashboardServer {

  /// A forgotten tab keeps its session by its heartbeat; this is for closed ones.
  private static final Duration SESSION_IDLE = Duration.ofMinutes(30);

  private final Server server;

  /// A server that is not started yet.
  public DashboardServer(Settings settings) {
    var threads = new QueuedThreadPool(32, 4);
    threads.setName("http");
    threads.setVirtualThreadsExecutor(new VirtualThreadPool());
    server = new Server(threads);
    server.addConnector(connector(settings));
    var graceful = new GracefulHandler(new FrontDoor(context(settings)));
    server.setHandler(graceful);
    server.setStopTimeout(Duration.ofSeconds(5).toMillis());
  }

  /// Starts listening.
  public void start() throws Exception {
    server.start();
  }

  /// The port it listens on, which the system chose if the settings said 0.
  public int port() {
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  /// Ends requests that run, then stops.
  public void stop() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the dashboard did not stop cleanly", e);
    }
  }

  /// Waits until it has stopped.
  public void join() throws InterruptedException {
    server.join();
  }

  private ServerConnector connector(Settings settings) {
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    if (settings.behindProxy()) {
      http.addCustomizer(new ForwardedRequestCustomizer());
    }
    var connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost(settings.address().getHostString());
    connector.setPort(settings.address().getPort());
    return connector;
  }

  private static ServletContextHandler context(Settings settings) {
    var context = new ServletContextHandler(ServletContextHandler.SESSIONS);
    context.setContextPath("/");
    context.setClassLoader(DashboardServer.class.getClassLoader());
    context.setBaseResource(
        ResourceFactory.of(context).newClassLoaderResource("META-INF/resources/"));
    var sessions = context.getSessionHandler();
    sessions.setHttpOnly(true);
    sessions.setSameSite(HttpCookie.SameSite.STRICT);
    sessions.setSessionCookie("nameplate_session");
    sessions.setMaxInactiveInterval((int) SESSION_IDLE.toSeconds());

    JakartaWebSocketServletContainerInitializer.configure(context, null);
    context.addServletContainerInitializer(
        new LookupServletContainerInitializer(), Pages.LOOKUP.toArray(Class<?>[]::new));
    context.addServletContainerInitializer(
        new RouteRegistryInitializer(), Pages.ROUTES.toArray(Class<?>[]::new));
    context.addServletContainerInitializer(
        new ErrorNavigationTargetInitializer(), Pages.ERRORS.toArray(Class<?>[]::new));
    context.addServletContainerInitializer(new VaadinAppShellInitializer(), Shell.class);
    context.addServletContainerInitializer(new AnnotationValidator(), Shell.class);

    var servlet = new ServletHolder("dashboard", new DashboardServlet(settings));
    servlet.setAsyncSupported(true);
    servlet.setInitOrder(1);
    servlet.setInitParameter("productionMode", "true");
    servlet.setInitParameter("closeIdleSessions", "true");
    servlet.setInitParameter("heartbeatInterval", "60");
    context.addServlet(servlet, "/*");
    return context;
  }
}
