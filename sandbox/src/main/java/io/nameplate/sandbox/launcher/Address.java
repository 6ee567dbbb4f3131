package io.nameplate.sandbox.launcher;

/// An IP address and a port, written `host:port`, or `[host]:port` where the host has colons.
record Address(String host, int port) {
  String url(String scheme) {
    return scheme + "://" + this;
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
