package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/// How a node of this machine is run, all but where its data is. Written down when it has joined,
/// so that it is started again without being told anew.
///
/// @param admin loopback as a rule
/// @param more options of `nameplate-edge run` as they were given
record EdgeOptions(String control, Address https, Address http, Address admin, List<String> more) {
  private static final int HTTPS = 443;
  private static final int HTTP = 80;
  private static final String ADMIN = "127.0.0.1:9900";

  /// Options of the edge that others stand for here.
  private static final List<String> OURS =
      List.of("https-address", "http-address", "join-token-file");

  EdgeOptions {
    more = List.copyOf(more);
    for (String option : more) {
      String name = option.replaceFirst("^--?", "").replaceFirst("=.*", "");
      if (option.startsWith("-") && OURS.contains(name)) {
        throw new Refusal(
            "--%s is not for here (expected: --address, --https-port, --http-port, --token-file)"
                .formatted(name));
      }
    }
  }

  /// What was given, and for the rest what the node was run with before, or the usual.
  static EdgeOptions of(EdgeNode.Given given, Optional<EdgeOptions> before) {
    String control =
        given
            .control()
            .or(() -> before.map(EdgeOptions::control))
            .orElseThrow(() ->
                new Refusal(
                    "--control is missing: where the control plane's edge listener is, such as"
                        + " https://control.example.net:14001"));
    String host =
        given
            .address()
            .map(EdgeOptions::literal)
            .or(() -> before.map(it -> it.https().host()))
            .orElseGet(() -> towards(control));
    return new EdgeOptions(
        control,
        new Address(
            host,
            port("--https-port", given.httpsPort(), before.map(it -> it.https().port()), HTTPS)),
        new Address(
            host, port("--http-port", given.httpPort(), before.map(it -> it.http().port()), HTTP)),
        given
            .adminAddress()
            .map(EdgeOptions::hostAndPort)
            .or(() -> before.map(EdgeOptions::admin))
            .orElseGet(() -> hostAndPort(ADMIN)),
        given.more().isEmpty() ? before.map(EdgeOptions::more).orElse(List.of()) : given.more());
  }

  /// Whether the control plane would find the node where it was told that it is.
  boolean sameDoors(EdgeOptions other) {
    return https.equals(other.https) && http.equals(other.http);
  }

  List<String> arguments() {
    var all = new ArrayList<String>();
    all.addAll(List.of("--https-address", https.toString()));
    all.addAll(List.of("--http-address", http.toString()));
    all.addAll(List.of("--admin-address", admin.toString()));
    all.addAll(List.of("--control", control));
    all.addAll(more);
    return all;
  }

  List<Program.Listener> listeners() {
    return List.of(
        Program.Listener.tcp(https, "HTTPS"),
        Program.Listener.udp(https, "HTTP/3"),
        Program.Listener.tcp(http, "HTTP"),
        Program.Listener.tcp(admin, "admin and metrics"));
  }

  static Optional<EdgeOptions> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var properties = new Properties();
    try (var in = Files.newBufferedReader(file)) {
      properties.load(in);
      return Optional.of(
          new EdgeOptions(
              properties.getProperty("control", ""),
              hostAndPort(properties.getProperty("https", "")),
              hostAndPort(properties.getProperty("http", "")),
              hostAndPort(properties.getProperty("admin", "")),
              properties.getProperty("more", "").lines().toList()));
    } catch (IOException | IllegalArgumentException e) {
      throw new Refusal("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  void write(Path file) {
    var properties = new Properties();
    properties.setProperty("control", control);
    properties.setProperty("https", https.toString());
    properties.setProperty("http", http.toString());
    properties.setProperty("admin", admin.toString());
    properties.setProperty("more", String.join("\n", more));
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    try {
      var text = new StringWriter();
      properties.store(text, "how the node is run");
      Files.writeString(whole, text.toString());
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new Refusal(file + ": " + e.getMessage(), e);
    }
  }

  private static int port(
      String option, Optional<Integer> given, Optional<Integer> before, int usual) {
    int port = given.or(() -> before).orElse(usual);
    if (port < 1 || port > 65_535) {
      throw new Refusal("%s: %d (expected: 1 to 65535)".formatted(option, port));
    }
    return port;
  }

  private static String literal(String typed) {
    try {
      InetAddress address = InetAddress.ofLiteral(typed);
      if (!address.isAnyLocalAddress()) {
        return address.getHostAddress();
      }
    } catch (IllegalArgumentException _) {
      // told below, like an address that is nobody's
    }
    throw new Refusal(
        "--address: \"%s\" (expected: an IPv4 or IPv6 address of this machine)".formatted(typed));
  }

  private static Address hostAndPort(String text) {
    int colon = text.lastIndexOf(':');
    try {
      String host = text.substring(0, Math.max(0, colon)).replaceAll("^\\[|]$", "");
      return new Address(
          InetAddress.ofLiteral(host).getHostAddress(),
          port(
              "--admin-address",
              Optional.of(Integer.parseInt(text.substring(colon + 1))),
              Optional.empty(),
              0));
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          "--admin-address: \"%s\" (expected: an address and a port, such as %s)"
              .formatted(text, ADMIN),
          e);
    }
  }

  /// The address that this machine has on its way to the control plane. Nothing is sent.
  private static String towards(String control) {
    URI url = URI.create(control);
    int port = url.getPort() < 0 ? HTTPS : url.getPort();
    try (var socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(url.getHost().replaceAll("^\\[|]$", ""), port));
      InetAddress own = socket.getLocalAddress();
      if (own != null && !own.isAnyLocalAddress()) {
        return own.getHostAddress();
      }
    } catch (IOException | java.io.UncheckedIOException | IllegalArgumentException _) {
      // told below, like a machine that knows no way
    }
    throw new Refusal(
        "the control plane's host %s cannot be found or reached from here; --address says which address of this machine the node has"
            .formatted(url.getHost()));
  }
}
