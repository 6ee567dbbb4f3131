package io.nameplate.dns;

import java.util.List;

/// One step of the walk up the CAA tree (RFC 8659 §3): a name, then the targets of its aliases. The
/// last answers are those that count.
///
/// @param name where the walk stands: the domain's name or a parent of it
/// @param answers for the name itself, then for each alias's target; never empty
public record CaaLook(String name, List<Answers> answers) {
  public CaaLook {
    answers = List.copyOf(answers);
  }
}
