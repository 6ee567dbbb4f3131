package io.nameplate.adapters.dns;

import io.nameplate.addresses.AddressText;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CAARecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TXTRecord;

/// Records and names in the form that core speaks.
final class RecordText {
  /// Longer values are nobody's proof; people read them.
  private static final int LONGEST = 1024;

  private RecordText() {}

  /// Lower case, no trailing dot; the root is the empty text.
  static String of(Name name) {
    return name.equals(Name.root) ? "" : name.toString(true).toLowerCase(Locale.ROOT);
  }

  static String of(Record record) {
    var text =
        switch (record) {
          case ARecord a -> AddressText.of(a.getAddress());
          case AAAARecord aaaa -> AddressText.of(aaaa.getAddress());
          case TXTRecord txt -> joined(txt);
          case CAARecord caa ->
              "%d %s \"%s\"".formatted(caa.getFlags(), caa.getTag(), caa.getValue(false));
          default -> record.rdataToString();
        };
    return plain(text.length() > LONGEST ? text.substring(0, LONGEST) : text);
  }

  /// What somebody else wrote, without control characters: it is stored and shown.
  static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", "\ufffd");
  }

  private static String joined(TXTRecord txt) {
    var joined = new StringBuilder();
    for (byte[] part : txt.getStringsAsByteArrays()) {
      joined.append(new String(part, StandardCharsets.UTF_8));
    }
    return joined.toString();
  }
}
