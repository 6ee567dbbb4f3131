package io.nameplate.domains;

/// Whether a typed URL can be an origin.
public sealed interface OriginCheck {
  /// It can. A name in it is judged again whenever it is dialled, by the address it then has.
  ///
  /// @param url the one spelling of it: lower case, A-labels, without a default port or a bare
  ///   slash
  record Accepted(String url) implements OriginCheck {}

  /// It cannot.
  ///
  /// @param code one of [OriginRules]' codes, `origin-…`
  /// @param message a sentence for people that names what was typed and what was expected
  record Refused(String code, String message) implements OriginCheck {}
}
