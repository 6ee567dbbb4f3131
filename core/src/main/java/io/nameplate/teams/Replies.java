package io.nameplate.teams;

import java.util.Optional;
import java.util.function.Supplier;

/// Remembers replies for 24 hours, so that a request sent again under its key is carried out once.
public interface Replies {
  /// Carries `work` out and remembers its reply, in one transaction; or answers what was
  /// remembered. A second request waits for the first one that has its key. An exception of `work`
  /// undoes everything and is remembered by nobody.
  ///
  /// @param request hash of everything the request said
  Outcome once(TeamId team, String key, byte[] request, Supplier<Reply> work);

  /// Whether a reply is remembered under the key, whatever was asked.
  boolean used(TeamId team, String key);

  /// A reply as it was sent.
  ///
  /// @param body JSON; empty: none
  record Reply(int status, Optional<String> body, Optional<String> location) {}

  /// What came of it.
  sealed interface Outcome {
    /// This is the reply, now or as it was given first.
    record Replied(Reply reply) implements Outcome {}

    /// The key was used for another request.
    record OtherRequest() implements Outcome {}

    /// The first request with this key still runs.
    record InProgress() implements Outcome {}
  }
}
