package io.nameplate.sandbox.launcher;

/// An IPv4 address and a port, written `host:port`.
record Address(String host, int port) {
  String url(String scheme) {
    return scheme + "://" + this;
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
