package io.nameplate.dns;

import io.nameplate.addresses.AddressText;
import io.nameplate.domains.Fix;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;

/// The records that lead a name to its cluster.
final class RoutingFix {
  private RoutingFix() {}

  /// What to set when nothing is there.
  static Fix set(DnsExpectation expected) {
    return expected.apex()
        ? address(expected, Fix.Action.SET_RECORD)
        : alias(expected, Fix.Action.SET_RECORD);
  }

  /// What to turn the present records into.
  static Fix change(DnsExpectation expected) {
    return expected.apex()
        ? address(expected, Fix.Action.CHANGE_RECORD)
        : alias(expected, Fix.Action.CHANGE_RECORD);
  }

  static Fix alias(DnsExpectation expected, Fix.Action action) {
    var name = expected.name().ascii();
    var text =
        action == Fix.Action.CHANGE_RECORD
            ? "Remove the records at %s and set a CNAME record there with the value %s."
            : "Set a CNAME record at %s with the value %s.";
    return new Fix(
        action,
        text.formatted(name, expected.cnameTarget()),
        "CNAME",
        name,
        expected.cnameTarget());
  }

  /// Takes one wrong record away.
  static Fix remove(DnsExpectation expected, InetAddress address) {
    var name = expected.name().ascii();
    var type = type(address);
    var value = AddressText.of(address);
    return new Fix(
        Fix.Action.REMOVE_RECORD,
        "Remove the %s record %s at %s.".formatted(type, value, name),
        type,
        name,
        value);
  }

  private static Fix address(DnsExpectation expected, Fix.Action action) {
    var name = expected.name().ascii();
    var addresses = sorted(expected);
    var first = addresses.getFirst();
    var all =
        String.join(
            " and ",
            addresses.stream().map(a -> "%s %s".formatted(type(a), AddressText.of(a))).toList());
    var text =
        action == Fix.Action.CHANGE_RECORD
            ? "Change the records at %s into %s."
            : "Set the records %2$s at %1$s.";
    return new Fix(action, text.formatted(name, all), type(first), name, AddressText.of(first));
  }

  private static List<InetAddress> sorted(DnsExpectation expected) {
    return expected.clusterAddresses().stream()
        .sorted(
            Comparator.comparingInt((InetAddress a) -> a.getAddress().length)
                .thenComparing(AddressText::of))
        .toList();
  }

  static String type(InetAddress address) {
    return address.getAddress().length == 4 ? "A" : "AAAA";
  }
}
