package io.nameplate.workflows.domains;

import io.nameplate.domains.NextStep;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// A domain that goes through what a test plans for it.
final class FakeDomainSteps implements DomainSteps {
  static final String CLUSTER = "clu_00000000000000000000000001";

  private final List<String> done;
  private final Deque<NextStep> plan = new ArrayDeque<>();
  private final Deque<Boolean> settled = new ArrayDeque<>();
  private Runnable duringLook = () -> {};
  private boolean staleOnce;
  private boolean released = true;
  private String retire = "";
  private @Nullable Postpone postponed;

  FakeDomainSteps(List<String> done) {
    this.done = done;
  }

  static List<String> log() {
    return new CopyOnWriteArrayList<>();
  }

  /// What each look says is next; after the last one, to rest.
  synchronized FakeDomainSteps next(NextStep... steps) {
    plan.addAll(List.of(steps));
    return this;
  }

  /// Whether each wait for acks succeeds; after the last one, it does.
  synchronized FakeDomainSteps settling(Boolean... answers) {
    settled.addAll(List.of(answers));
    return this;
  }

  synchronized FakeDomainSteps duringFirstLook(Runnable act) {
    duringLook = act;
    return this;
  }

  synchronized FakeDomainSteps staleAtFirstDeploy() {
    staleOnce = true;
    return this;
  }

  synchronized FakeDomainSteps withOlderCertificate(String wanted) {
    retire = wanted;
    return this;
  }

  /// A node holds a removal back.
  synchronized FakeDomainSteps holdingBack() {
    released = false;
    return this;
  }

  /// What was written last about why there is no certificate.
  synchronized Postpone postponed() {
    return Objects.requireNonNull(postponed, "nothing was postponed");
  }

  @Override
  public synchronized Looked look(Look request) {
    done.add("look");
    duringLook.run();
    duringLook = () -> {};
    var next = plan.isEmpty() ? NextStep.REST : plan.poll();
    return new Looked(next, 1, "shop.acme.com", CLUSTER, "next: " + next);
  }

  @Override
  public void ordering(Judged request) {
    done.add("ordering");
  }

  @Override
  public synchronized Deployed deploy(Judged request) {
    done.add("deploy");
    if (staleOnce) {
      staleOnce = false;
      return new Deployed(false, CLUSTER, 0, 0, "");
    }
    return new Deployed(true, CLUSTER, 1, 7, "cer_2");
  }

  @Override
  public synchronized Acked await(Await request) {
    done.add(
        "await " + request.revision() + (request.patienceMillis() > 2_000 ? " patiently" : ""));
    return new Acked(settled.isEmpty() || settled.poll());
  }

  @Override
  public synchronized Proved prove(Prove request) {
    done.add("prove " + request.revision());
    return new Proved(true, "active", "active", retire);
  }

  @Override
  public void confirm(Prove request) {
    done.add("confirm " + request.revision());
  }

  @Override
  public synchronized Released release(Prove request) {
    done.add("release " + request.revision());
    return new Released(released, released ? "gone" : "held back by edge-1");
  }

  @Override
  public synchronized void postpone(Postpone request) {
    postponed = request;
    done.add("postpone " + request.reason());
  }

  @Override
  public void finish(Judged request) {
    done.add("finish");
  }
}
