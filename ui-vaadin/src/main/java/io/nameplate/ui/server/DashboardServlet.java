package io.nameplate.ui.server;

import com.vaadin.flow.di.Instantiator;
import com.vaadin.flow.function.DeploymentConfiguration;
import com.vaadin.flow.server.ServiceException;
import com.vaadin.flow.server.VaadinServlet;
import com.vaadin.flow.server.VaadinServletService;
import io.nameplate.ui.Settings;
import java.net.URL;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Vaadin's servlet, with our way to make pages and with static files from the class path.
final class DashboardServlet extends VaadinServlet {

  private final transient Settings settings;

  DashboardServlet(Settings settings) {
    this.settings = settings;
  }

  @Override
  protected VaadinServletService createServletService(DeploymentConfiguration configuration)
      throws ServiceException {
    var service = new Service(this, configuration, settings);
    service.init();
    return service;
  }

  private static final class Service extends VaadinServletService {

    private final transient Settings settings;

    Service(VaadinServlet servlet, DeploymentConfiguration configuration, Settings settings) {
      super(servlet, configuration);
      this.settings = settings;
    }

    @Override
    protected Optional<Instantiator> loadInstantiators() {
      return Optional.of(new Wiring(this, settings));
    }

    /// An embedded server does not look into jars for these.
    @Override
    public @Nullable URL getStaticResource(String path) {
      return DashboardServlet.class.getClassLoader().getResource("META-INF/resources" + path);
    }
  }
}
