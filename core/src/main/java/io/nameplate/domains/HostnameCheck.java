package io.nameplate.domains;

/// Whether a typed text can be a domain's name.
public sealed interface HostnameCheck {
  /// It can.
  ///
  /// @param unicode the form shown to people
  /// @param registrable what was bought at a registrar: one label below the public suffix; the name
  ///   itself when it is an apex
  record Accepted(Hostname ascii, String unicode, Hostname registrable) implements HostnameCheck {
    /// Whether the name is itself a registrable domain, which cannot have a CNAME.
    public boolean apex() {
      return ascii.equals(registrable);
    }
  }

  /// It cannot.
  ///
  /// @param code one of [HostnameRules]' codes, `hostname-…`
  /// @param message a sentence for people that names what was typed and what was expected
  record Refused(String code, String message) implements HostnameCheck {}
}
