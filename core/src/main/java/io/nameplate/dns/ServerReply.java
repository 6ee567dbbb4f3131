package io.nameplate.dns;

/// One server's reply.
///
/// @param server the server's name and address as shown to people, `ns1.acme.com (203.0.113.53)`
public record ServerReply(String server, Reply reply) {}
