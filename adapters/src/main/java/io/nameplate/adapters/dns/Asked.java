package io.nameplate.adapters.dns;

import io.nameplate.dns.Answers;

/// One question's answers and the zone that gave them (the empty text: the root, or resolvers).
record Asked(String zone, Answers answers) {}
