package io.nameplate.adapters.dns;

import io.nameplate.dns.Reply;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// What one answer means.
sealed interface Said {
  /// The server's word on the question.
  record Final(Reply reply) implements Said {}

  /// "Ask the servers of this zone": a zone below the one that was asked.
  record Referral(Name zone, Set<Name> servers, Message message) implements Said {}

  /// Reads a zone's own server.
  static Said byAuthority(Message message, Name name, int type, Name zone) {
    int rcode = message.getRcode();
    boolean authoritative = message.getHeader().getFlag(Flags.AA);
    if (rcode == Rcode.REFUSED || rcode == Rcode.NOTAUTH) {
      return failed(Reply.Failure.LAME, "does not serve the zone (" + Rcode.string(rcode) + ")");
    }
    if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
      return failed(Reply.Failure.SERVFAIL, Rcode.string(rcode));
    }
    if (!authoritative) {
      var referral = referral(message, name, zone);
      return referral != null ? referral : failed(Reply.Failure.LAME, notAuthoritative(message));
    }
    return content(message, name, type);
  }

  /// Reads a resolver.
  static Said byResolver(Message message, Name name, int type) {
    int rcode = message.getRcode();
    return rcode == Rcode.NOERROR || rcode == Rcode.NXDOMAIN
        ? content(message, name, type)
        : failed(Reply.Failure.SERVFAIL, Rcode.string(rcode) + ResolverErrors.text(message));
  }

  /// The rcode speaks of the end of a chain of aliases, so an alias comes first (RFC 2308 §2.1).
  private static Said content(Message message, Name name, int type) {
    var answers = message.getSection(Section.ANSWER);
    var values =
        answers.stream()
            .filter(record -> record.getType() == type && record.getName().equals(name))
            .map(RecordText::of)
            .distinct()
            .toList();
    if (!values.isEmpty()) {
      return new Final(new Reply.Records(values));
    }
    for (var record : answers) {
      if (record instanceof CNAMERecord alias && record.getName().equals(name)) {
        return new Final(new Reply.Alias(RecordText.of(alias.getTarget())));
      }
    }
    if (answers.stream().anyMatch(DNAMERecord.class::isInstance)) {
      return failed(Reply.Failure.GARBLED, "a DNAME record without its CNAME");
    }
    return new Final(
        message.getRcode() == Rcode.NXDOMAIN ? new Reply.NoSuchName() : new Reply.NoRecords());
  }

  private static @org.jspecify.annotations.Nullable Referral referral(
      Message message, Name name, Name zone) {
    List<Record> records =
        message.getSection(Section.AUTHORITY).stream()
            .filter(record -> record.getType() == Type.NS)
            .toList();
    if (records.isEmpty() || message.getRcode() != Rcode.NOERROR) {
      return null;
    }
    var child = records.getFirst().getName();
    boolean down = child.labels() > zone.labels() && child.subdomain(zone) && name.subdomain(child);
    if (!down) {
      return null;
    }
    var servers =
        records.stream()
            .filter(record -> record.getName().equals(child))
            .map(record -> ((NSRecord) record).getTarget())
            .collect(Collectors.toCollection(TreeSet::new));
    return new Referral(child, servers, message);
  }

  private static String notAuthoritative(Message message) {
    return message.getSection(Section.AUTHORITY).stream().anyMatch(r -> r.getType() == Type.NS)
        ? "does not serve the zone (refers elsewhere)"
        : "does not serve the zone (answers without authority)";
  }

  private static Final failed(Reply.Failure failure, String detail) {
    return new Final(new Reply.Failed(failure, detail));
  }
}
