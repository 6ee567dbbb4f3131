package io.nameplate.app;

/// A bad or missing setting; the message names its key.
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ConfigurationException(String key, String problem) {
    super(key + ": " + problem);
  }
}
