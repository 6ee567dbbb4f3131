package io.nameplate.workflows.domains;

import io.nameplate.workflows.certificates.Begun;
import io.nameplate.workflows.certificates.Completed;
import io.nameplate.workflows.certificates.IssuanceSteps;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// A CA that answers as a test plans, and gives a certificate otherwise.
final class FakeIssuanceSteps implements IssuanceSteps {
  private static final Instant T0 = Instant.parse("2027-01-01T00:00:00Z");

  private final List<String> done;
  private final Deque<Begun> begins = new ArrayDeque<>();
  private final Deque<Completed> completions = new ArrayDeque<>();

  FakeIssuanceSteps(List<String> done) {
    this.done = done;
  }

  synchronized FakeIssuanceSteps begins(Begun... answers) {
    begins.addAll(List.of(answers));
    return this;
  }

  synchronized FakeIssuanceSteps completes(Completed... answers) {
    completions.addAll(List.of(answers));
    return this;
  }

  @Override
  public synchronized Begun begin(Begin request) {
    done.add("begin " + request.why());
    return begins.isEmpty()
        ? new Begun.Answered("iss_1", FakeDomainSteps.CLUSTER, 1, 5)
        : begins.poll();
  }

  @Override
  public synchronized Completed complete(Complete request) {
    done.add("complete " + request.issuanceId());
    return completions.isEmpty()
        ? new Completed.Issued("cer_2", T0, T0.plusSeconds(120), T0.plusSeconds(80))
        : completions.poll();
  }

  @Override
  public void retire(Retire request) {
    done.add("retire all but " + request.keep());
  }

  @Override
  public void forget(Forget request) {
    done.add("forget");
  }
}
