package io.nameplate.certificates;

/// What the CA said went wrong (RFC 7807, RFC 8555 §6.7), or what we say in its place.
///
/// @param type the last part of `urn:ietf:params:acme:error:…`, a whole URI of another kind, or
///   empty when nobody named one
public record CaProblem(String type, String detail) {
  private static final String NAMESPACE = "urn:ietf:params:acme:error:";

  public CaProblem {
    if (type.startsWith(NAMESPACE)) {
      type = type.substring(NAMESPACE.length());
    }
  }

  /// The type as the CA wrote it; empty when nobody named one.
  public String uri() {
    return type.isEmpty() || type.contains(":") ? type : NAMESPACE + type;
  }

  /// Whether it is the type of RFC 8555 with this last part.
  public boolean is(String lastPart) {
    return type.equals(lastPart);
  }

  @Override
  public String toString() {
    return type.isEmpty() ? detail : type + ": " + detail;
  }
}
