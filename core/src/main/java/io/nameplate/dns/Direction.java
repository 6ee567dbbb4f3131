package io.nameplate.dns;

/// Where the name leads visitors.
public enum Direction {
  /// To the cluster, directly or through a proxy.
  HERE,
  /// Definitely not, or not only, to the cluster. Only this may take something away.
  ELSEWHERE,
  /// It could not be told.
  NOT_CLEAR
}
