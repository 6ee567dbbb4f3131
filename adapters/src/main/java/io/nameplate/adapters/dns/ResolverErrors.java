package io.nameplate.adapters.dns;

import java.util.stream.Collectors;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;

/// Why a resolver failed, where it says so (extended errors, RFC 8914).
final class ResolverErrors {
  private ResolverErrors() {}

  /// In parentheses with a leading space; empty if it does not say.
  static String text(Message message) {
    var opt = message.getOPT();
    if (opt == null) {
      return "";
    }
    var errors =
        opt.getOptions(EDNSOption.Code.EDNS_EXTENDED_ERROR).stream()
            .filter(ExtendedErrorCodeOption.class::isInstance)
            .map(option -> text((ExtendedErrorCodeOption) option))
            .collect(Collectors.joining("; "));
    return errors.isEmpty() ? "" : " (" + errors + ")";
  }

  private static String text(ExtendedErrorCodeOption error) {
    var kind = ExtendedErrorCodeOption.text(error.getErrorCode());
    var detail = error.getText();
    return detail == null || detail.isEmpty() ? kind : kind + ": " + RecordText.plain(detail);
  }
}
