package io.nameplate.dns;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// One question and what each server said to it.
///
/// @param name lower case, no trailing dot
/// @param type the record type, such as `AAAA`
public record Answers(String name, String type, List<ServerReply> replies) {
  public Answers {
    replies = List.copyOf(replies);
  }

  /// What the servers say together: one that says so is enough, one that says otherwise spoils it,
  /// silence is no vote.
  public Settled settle() {
    var said =
        replies.stream()
            .map(ServerReply::reply)
            .filter(Reply::definite)
            .collect(Collectors.toSet());
    return switch (said.size()) {
      case 0 -> new Settled.Unclear(failures());
      case 1 -> new Settled.Agreed(said.iterator().next());
      default -> new Settled.Disagreed(said);
    };
  }

  private Set<Reply.Failure> failures() {
    return replies.stream()
        .map(ServerReply::reply)
        .filter(Reply.Failed.class::isInstance)
        .map(reply -> ((Reply.Failed) reply).failure())
        .collect(Collectors.toUnmodifiableSet());
  }

  /// What several servers say together.
  public sealed interface Settled {
    /// Everyone who said anything said this.
    record Agreed(Reply reply) implements Settled {}

    /// They said different things.
    record Disagreed(Set<Reply> replies) implements Settled {}

    /// Nobody said anything; how they failed. Empty: there was nobody to ask.
    record Unclear(Set<Reply.Failure> failures) implements Settled {}
  }
}
