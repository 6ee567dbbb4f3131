package io.nameplate.sandbox.launcher;

/// Where everything of one copy listens: the plan of `docs/sandbox.md`, moved by an offset.
///
/// Addresses stay the same for every copy, ports move; copies whose offsets differ by 100 or more
/// do not meet.
record Ports(int offset) {
  static final int HIGHEST_OFFSET = 40_000;

  Ports {
    if (offset < 0 || offset > HIGHEST_OFFSET) {
      throw new IllegalArgumentException(
          "port offset: %d (expected: 0 to %d)".formatted(offset, HIGHEST_OFFSET));
    }
  }

  Address api() {
    return local(14_000);
  }

  Address edgeApi() {
    return local(14_001);
  }

  Address dashboard() {
    return local(14_002);
  }

  Address temporal() {
    return local(14_003);
  }

  Address temporalUi() {
    return local(14_004);
  }

  Address postgres() {
    return local(14_005);
  }

  Address pebble() {
    return local(14_006);
  }

  Address pebbleManagement() {
    return local(14_007);
  }

  Address acme() {
    return local(14_008);
  }

  Address control() {
    return local(14_009);
  }

  Address worker() {
    return local(14_013);
  }

  /// The resolver that recurses and validates.
  Address resolver() {
    return at("127.0.53.53", 14_010);
  }

  /// A server of the root zone.
  Address root(int number) {
    return at("127.0.53." + number, 14_010);
  }

  Address edgeHttps(int node) {
    return at("127.0.1." + node, 14_011);
  }

  Address edgeHttp(int node) {
    return at("127.0.1." + node, 14_012);
  }

  Address edgeAdmin(int node) {
    return at("127.0.1." + node, 14_014);
  }

  Address proxyHttps() {
    return at("127.0.81.1", 14_011);
  }

  Address proxyHttp() {
    return at("127.0.81.1", 14_012);
  }

  Address origin(Origin origin) {
    return at("127.0.80.1", origin.port());
  }

  private Address local(int port) {
    return at("127.0.0.1", port);
  }

  private Address at(String host, int port) {
    return new Address(host, port + offset);
  }
}
