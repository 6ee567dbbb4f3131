package io.nameplate.ui.server;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.di.LookupInitializer;
import io.nameplate.ui.domains.DomainPage;
import io.nameplate.ui.domains.DomainsPage;
import io.nameplate.ui.signin.SignInPage;
import java.util.List;

/// The classes that Vaadin would otherwise look for on the whole class path.
final class Pages {

  static final List<Class<?>> LOOKUP = List.of(LookupInitializer.class);

  static final List<Class<? extends Component>> ROUTES =
      List.of(SignInPage.class, DomainsPage.class, DomainPage.class);

  static final List<Class<? extends Component>> ERRORS =
      List.of(MissingPage.class, BrokenPage.class);

  private Pages() {}
}
