package io.nameplate.app;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/// Which release this is.
public final class Release implements IVersionProvider {
  /// The version in the jar's manifest; `development` when the classes were not packaged.
  public static String version() {
    return Optional.ofNullable(Release.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"nameplate " + version()};
  }
}
