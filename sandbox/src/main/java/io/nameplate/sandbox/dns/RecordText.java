package io.nameplate.sandbox.dns;

import com.ibm.icu.text.IDNA;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// How people write names, types and records, and how they are shown to them.
final class RecordText {
  private static final Set<Integer> NAMING_TYPES =
      Set.of(Type.CNAME, Type.DNAME, Type.NS, Type.PTR, Type.MX, Type.SRV);
  private static final Set<Integer> MADE_BY_THE_SANDBOX =
      Set.of(Type.SOA, Type.DNSKEY, Type.RRSIG, Type.NSEC, Type.NSEC3, Type.NSEC3PARAM, Type.OPT);
  private static final int MAX_STRING_BYTES = 255;
  private static final IDNA A_LABELS = IDNA.getUTS46Instance(IDNA.NONTRANSITIONAL_TO_ASCII);

  private RecordText() {}

  /// An absolute name, with or without its trailing dot, in any script, lower-cased.
  static Name name(String field, String text) {
    if (text.isBlank() || text.equals(".")) {
      throw new DnsInputException(
          field, "\"%s\" is no name (expected: shop.example.com)".formatted(text));
    }
    try {
      return Name.fromString(ascii(text.strip()), Name.root);
    } catch (TextParseException | IllegalArgumentException e) {
      throw new DnsInputException(
          field, "\"%s\" is no DNS name: %s".formatted(text, e.getMessage()));
    }
  }

  static int type(String text) {
    int type = Type.value(text.toUpperCase(Locale.ROOT), true);
    if (type < 0) {
      throw new DnsInputException(
          "type",
          "\"%s\" is no record type (expected: A, AAAA, CNAME, TXT, CAA, …)".formatted(text));
    }
    if (MADE_BY_THE_SANDBOX.contains(type) || !Type.isRR(type)) {
      throw new DnsInputException(
          "type", "%s records cannot be set (the sandbox makes its own)".formatted(text));
    }
    return type;
  }

  static RRset set(Name name, int type, long ttlSeconds, List<String> values) {
    if (values.isEmpty()) {
      throw new DnsInputException("values", "at least one value is needed (to remove: unset)");
    }
    if (type == Type.CNAME && values.size() > 1) {
      throw new DnsInputException("values", "a name has one CNAME, not " + values.size());
    }
    var set = new RRset();
    for (int i = 0; i < values.size(); i++) {
      set.addRR(value("values/" + i, name, type, ttlSeconds, values.get(i)));
    }
    return set;
  }

  private static Record value(String field, Name name, int type, long ttlSeconds, String text) {
    try {
      if (type == Type.TXT && !isQuoted(text)) {
        return Record.newRecord(name, type, DClass.IN, ttlSeconds, characterStrings(text));
      }
      var ascii = NAMING_TYPES.contains(type) ? asciiLastWord(text) : text;
      return Record.fromString(name, type, DClass.IN, ttlSeconds, ascii, Name.root);
    } catch (IOException | IllegalArgumentException e) {
      throw new DnsInputException(
          field, "\"%s\" is no %s record: %s".formatted(text, Type.string(type), e.getMessage()));
    }
  }

  /// The values of a set as one would give them to `set`.
  static List<String> values(RRset set) {
    var values = new ArrayList<String>();
    for (var each : set.rrs(false)) {
      values.add(each.getType() == Type.TXT ? plainText(each) : each.rdataToString());
    }
    return values;
  }

  private static String plainText(Record txt) {
    var wire = txt.rdataToWireCanonical();
    var bytes = new ByteArrayOutputStream();
    for (int at = 0; at < wire.length; at += 1 + (wire[at] & 0xff)) {
      bytes.write(wire, at + 1, wire[at] & 0xff);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static boolean isQuoted(String text) {
    return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
  }

  /// RFC 1035 §3.3.14: one or more strings of at most 255 bytes.
  private static byte[] characterStrings(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var wire = new ByteArrayOutputStream();
    int at = 0;
    do {
      int length = Math.min(MAX_STRING_BYTES, bytes.length - at);
      wire.write(length);
      wire.write(bytes, at, length);
      at += length;
    } while (at < bytes.length);
    return wire.toByteArray();
  }

  private static String asciiLastWord(String text) {
    var stripped = text.strip();
    int start = stripped.lastIndexOf(' ') + 1;
    return stripped.substring(0, start) + ascii(stripped.substring(start));
  }

  private static String ascii(String name) {
    if (name.chars().allMatch(c -> c < 128)) {
      return name.toLowerCase(Locale.ROOT);
    }
    var info = new IDNA.Info();
    var ascii = A_LABELS.nameToASCII(name, new StringBuilder(), info).toString();
    if (info.hasErrors()) {
      throw new IllegalArgumentException("not writable in A-labels " + info.getErrors());
    }
    return ascii;
  }
}
