package io.nameplate.sdk;

/// The questions asked about a domain, in the order of its life cycle.
public enum ConditionType {
  OWNERSHIP,
  DNS,
  REACH,
  CAA,
  CERTIFICATE,
  DEPLOYED,
  SERVING,
  ORIGIN,
  /// A question that this release of the client does not know.
  UNRECOGNIZED
}
