/// What the DNS says about a hostname: what was expected, what was seen, and what follows. Looking
/// is an adapter's part ([DnsObserver]); judging is pure ([DnsJudgement]).
@NullMarked
package io.nameplate.dns;

import org.jspecify.annotations.NullMarked;
