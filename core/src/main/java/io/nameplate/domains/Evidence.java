package io.nameplate.domains;

import java.time.Instant;

/// One thing that was seen: who was asked what, and what came back. Addresses are written as RFC
/// 5952 has them.
public record Evidence(String source, String question, String answer, Instant at) {}
