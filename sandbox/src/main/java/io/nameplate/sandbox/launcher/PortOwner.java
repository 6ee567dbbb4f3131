package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Whether an address is free, and who holds it otherwise.
final class PortOwner {
  private PortOwner() {}

  /// Refuses when somebody listens where a part wants to.
  ///
  /// @param part what people call it
  static void requireFree(String part, Program.Listener listener) {
    Address address = listener.address();
    // Addresses here are written in digits: nothing is looked up.
    var socketAddress =
        new InetSocketAddress(InetAddress.ofLiteral(address.host()), address.port());
    try {
      if (listener.udp()) {
        try (var socket = new DatagramSocket(null)) {
          socket.bind(socketAddress);
        }
      } else {
        try (var socket = new ServerSocket()) {
          socket.setReuseAddress(true);
          socket.bind(socketAddress);
        }
      }
    } catch (IOException e) {
      throw new Refusal(
          "%s: %s port %s (%s) cannot be used: %s%s"
              .formatted(
                  part,
                  listener.udp() ? "UDP" : "TCP",
                  address,
                  listener.purpose(),
                  e.getMessage(),
                  holder(socketAddress.getAddress(), address.port(), listener.udp())
                      .map(who -> ". It is held by " + who)
                      .orElseGet(() -> hint(String.valueOf(e.getMessage()), socketAddress))),
          e);
    }
  }

  /// What helps, where nobody holds the address.
  private static String hint(String failure, InetSocketAddress address) {
    if (failure.contains("assign")) {
      return address.getAddress().isLoopbackAddress()
          ? ". This address is not on the loopback interface (macOS: sudo ifconfig lo0 alias %s)"
              .formatted(address.getAddress().getHostAddress())
          : ". No interface of this machine has this address";
    }
    return failure.contains("ermission")
        ? ". Ports below 1024 are the administrator's (Linux: sudo sysctl"
            + " net.ipv4.ip_unprivileged_port_start=80)"
        : "";
  }

  /// The process that has a socket on this address and port, or on the port of all addresses, where
  /// the kernel shows it (Linux, own processes or root).
  static Optional<String> holder(InetAddress address, int port, boolean udp) {
    Set<String> inodes = new HashSet<>();
    for (String table : udp ? new String[] {"udp", "udp6"} : new String[] {"tcp", "tcp6"}) {
      inodes.addAll(inodes(Path.of("/proc/net/" + table), address, port));
    }
    if (inodes.isEmpty()) {
      return Optional.empty();
    }
    return ProcessHandle.allProcesses()
        .filter(process -> holdsAny(process.pid(), inodes))
        .findFirst()
        .map(process ->
            "process %d (%s)"
                .formatted(process.pid(), process.info().command().orElse("unknown program")));
  }

  private static Set<String> inodes(Path table, InetAddress address, int port) {
    Set<String> found = new HashSet<>();
    try (Stream<String> lines = Files.lines(table)) {
      lines
          .map(line -> line.strip().split("\\s+"))
          .filter(fields -> fields.length > 9 && fields[1].contains(":"))
          .filter(fields -> isOf(fields[1], address, port))
          .filter(fields -> !fields[3].equals("06")) // TIME_WAIT has no owner
          .forEach(fields -> found.add("socket:[" + fields[9] + "]"));
    } catch (IOException _) {
      return Set.of();
    }
    return found;
  }

  /// Whether a local address of the kernel's table, such as `0100007F:36B0`, is this one, or the
  /// same port of all addresses.
  static boolean isOf(String local, InetAddress address, int port) {
    int colon = local.indexOf(':');
    String host = local.substring(0, colon);
    return Integer.parseInt(local.substring(colon + 1), 16) == port
        && (host.matches("0+") || host.equals(written(address)) || host.endsWith(mapped(address)));
  }

  /// An IPv4 address as the table has it: four bytes as one number of this machine, which is little
  /// endian wherever this runs.
  private static String written(InetAddress address) {
    var digits = new StringBuilder();
    for (byte each : address.getAddress()) {
      digits.insert(0, String.format(Locale.ROOT, "%02X", each));
    }
    return digits.toString();
  }

  /// The end of such an address inside an IPv6 one.
  private static String mapped(InetAddress address) {
    return "FFFF0000" + written(address);
  }

  private static boolean holdsAny(long pid, Set<String> sockets) {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files.anyMatch(file -> {
        try {
          return sockets.contains(Files.readSymbolicLink(file).toString());
        } catch (IOException _) {
          return false;
        }
      });
    } catch (IOException _) {
      return false;
    }
  }
}
