package io.nameplate.e2e.steps;

import io.nameplate.sdk.ConditionState;
import io.nameplate.sdk.ConditionType;
import io.nameplate.sdk.DomainStatus;
import io.nameplate.sdk.ProblemException;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What somebody wants of a domain, and how one sees from outside that they have it.
enum Stage {
  /// It is to be served, and the CA says no once.
  REFUSED(1) {
    @Override
    void begin(Walk walk) {
      var later = Map.of("count", 1, "retry_after_seconds", 10);
      walk.here().sandbox().acmeFault(walk.domain().hostname(), "newOrder", "rate-limited", later);
      ISSUE.begin(walk);
    }

    @Override
    Optional<String> lacks(Walk walk) throws IOException {
      return ISSUE.lacks(walk);
    }
  },
  /// It is to be served.
  ISSUE(1) {
    @Override
    void begin(Walk walk) {
      walk.here().sandbox().setRecordsOf(walk.domain());
      walk.nameplate().domains().check(walk.domain().id());
    }

    @Override
    Optional<String> lacks(Walk walk) throws IOException {
      return walk.lacksService();
    }
  },
  /// Its certificate is to be another one.
  RENEW(1) {
    @Override
    void begin(Walk walk) {
      walk.here().sandbox().suggestRenewal(walk.domain().hostname());
      walk.nameplate().domains().check(walk.domain().id());
    }

    @Override
    Optional<String> lacks(Walk walk) throws IOException {
      return walk.lacksService();
    }
  },
  /// It is to show a neutral page.
  SUSPEND(0) {
    @Override
    void begin(Walk walk) {
      var _ = walk.nameplate().domains().suspend(walk.domain().id());
    }

    @Override
    Optional<String> lacks(Walk walk) throws IOException {
      var now = walk.nameplate().domains().get(walk.domain().id());
      var told =
          now.condition(ConditionType.DEPLOYED)
              .filter(it -> it.state() == ConditionState.OK)
              .isPresent();
      if (now.status() != DomainStatus.SUSPENDED || !told) {
        return Optional.of("is not suspended on every node: " + now.conditions());
      }
      return walk.lacksOnANode(
          visitor -> visitor.https(now.hostname(), "/").status() == 503, "the neutral page");
    }
  },
  /// It is to be served again.
  RESUME(0) {
    @Override
    void begin(Walk walk) {
      var _ = walk.nameplate().domains().resume(walk.domain().id());
    }

    @Override
    Optional<String> lacks(Walk walk) throws IOException {
      return walk.lacksService();
    }
  },
  /// It is to be gone.
  REMOVE(0) {
    @Override
    void begin(Walk walk) {
      walk.nameplate().domains().remove(walk.domain().id());
    }

    @Override
    Optional<String> lacks(Walk walk) throws IOException {
      try {
        return Optional.of("is there: " + walk.nameplate().domains().get(walk.domain().id()));
      } catch (ProblemException.NotFound _) {
        return walk.lacksOnANode(
            visitor -> visitor.isRefused(walk.domain().hostname()), "refusal in the handshake");
      }
    }
  };

  private final int certificates;

  Stage(int certificates) {
    this.certificates = certificates;
  }

  /// How many certificates it takes.
  int certificates() {
    return certificates;
  }

  /// Asks for it, as people do.
  abstract void begin(Walk walk);

  /// What is still wrong; empty: it is done.
  abstract Optional<String> lacks(Walk walk) throws IOException;

  /// The stages of a life in the order in which a step is looked for in it. A step that is known to
  /// belong to one comes there soon; one that nobody told us of is found in the whole life.
  static List<Stage> pathTo(String step) {
    var first = step.equals("DomainPostpone") ? REFUSED : ISSUE;
    var next =
        switch (step) {
          case "CertificateRetire" -> RENEW;
          case "DomainConfirm" -> SUSPEND;
          case "DomainRelease", "CertificateForget", "DomainFinish" -> REMOVE;
          default -> first;
        };
    if (next == REMOVE) {
      return List.of(first, REMOVE);
    }
    var rest = EnumSet.complementOf(EnumSet.of(REFUSED, ISSUE, first, next));
    var path = new java.util.ArrayList<>(next == first ? List.of(first) : List.of(first, next));
    path.addAll(rest);
    if (next == SUSPEND) {
      path.remove(RENEW); // a suspended domain is not renewed
    }
    return List.copyOf(path);
  }

  /// All of them, as text.
  static String all() {
    return Arrays.toString(values());
  }
}
