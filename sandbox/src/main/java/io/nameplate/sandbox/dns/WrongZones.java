package io.nameplate.sandbox.dns;

import java.util.List;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// What zones in fault say in place of the truth. Zones are correctly signed, only
/// [#badlySigned(Message)] is not.
final class WrongZones {
  private WrongZones() {}

  /// The zone before those names were entered.
  static Zone without(Zone zone, Name name) {
    return zone.with(set -> isTouched(zone, set, name) ? Optional.empty() : Optional.of(set));
  }

  /// The zone as a server has it that missed an update: other addresses, another target.
  static Zone otherValues(Zone zone, Name name) {
    return zone.with(set -> isTouched(zone, set, name) ? other(set) : Optional.of(set));
  }

  private static boolean isTouched(Zone zone, RRset set, Name name) {
    boolean holdsTheZone =
        set.getName().equals(zone.apex())
            && List.of(Type.SOA, Type.NS, Type.DNSKEY).contains(set.getType());
    return set.getName().subdomain(name) && !holdsTheZone;
  }

  private static Optional<RRset> other(RRset set) {
    return switch (set.getType()) {
      case Type.A -> Optional.of(RecordText.set(set.getName(), Type.A, set.getTTL(), OTHER_A));
      case Type.AAAA ->
          Optional.of(RecordText.set(set.getName(), Type.AAAA, set.getTTL(), OTHER_AAAA));
      case Type.CNAME ->
          Optional.of(RecordText.set(set.getName(), Type.CNAME, set.getTTL(), OTHER_CNAME));
      default -> Optional.empty();
    };
  }

  // Documentation addresses (RFC 5737, RFC 3849).
  private static final List<String> OTHER_A = List.of("203.0.113.99");
  private static final List<String> OTHER_AAAA = List.of("2001:db8::99");
  private static final List<String> OTHER_CNAME = List.of("elsewhere.example.");

  /// The zone with another second name server than its parent knows (at the same address).
  static Zone listingOtherServers(Zone zone) {
    return zone.with(set ->
        set.getName().equals(zone.apex()) && set.getType() == Type.NS
            ? Optional.of(
                new RRset(
                    server(set, NameServers.name(NameServers.Role.HOSTING, 0)),
                    server(set, NameServers.alias())))
            : Optional.of(set));
  }

  private static NSRecord server(RRset set, Name name) {
    return new NSRecord(set.getName(), DClass.IN, set.getTTL(), name);
  }

  /// The same answer, every signature of it with its last byte changed.
  static Message badlySigned(Message answer) {
    for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
      for (var each : List.copyOf(answer.getSection(section))) {
        if (each.getType() == Type.RRSIG) {
          answer.removeRecord(each, section);
          answer.addRecord(broken(each), section);
        }
      }
    }
    return answer;
  }

  private static Record broken(Record signature) {
    var wire = signature.rdataToWireCanonical();
    wire[wire.length - 1] ^= 1;
    return Record.newRecord(
        signature.getName(), Type.RRSIG, signature.getDClass(), signature.getTTL(), wire);
  }
}
