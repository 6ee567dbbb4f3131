package io.nameplate.dns;

/// One name on the way from the domain's name through its aliases to addresses.
///
/// @param zone the zone that was asked, empty for the root, and the empty text where only resolvers
///   are asked
public record Hop(String name, String zone, Answers a, Answers aaaa) {}
