package io.nameplate.certificates;

/// What came back about an order.
public sealed interface OrderReply {
  /// This is how it stands.
  record Shown(Order order) implements OrderReply {}

  /// The CA will not do it; asking again changes nothing.
  record Refused(CaProblem problem) implements OrderReply {}

  /// The CA has no such order: it lost its memory, or the order is long past.
  record Unknown() implements OrderReply {}
}
