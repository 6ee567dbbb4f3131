package io.nameplate.e2e.steps;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Visitor;
import io.nameplate.sdk.Certificate;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.Event;
import io.nameplate.sdk.Nameplate;
import io.nameplate.sdk.NameplateException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A domain on its way through its life, with a fault at one step of its runs.
final class Walk {
  /// For one stage, on a machine that is busy with dozens of them.
  private static final Duration A_STAGE = Duration.ofMinutes(4);

  /// A step may come some moments after everything can be seen from outside.
  private static final Duration A_MOMENT = Duration.ofSeconds(15);

  private static final Duration GLANCE = Duration.ofMillis(300);

  private final Installation here;
  private final Nameplate nameplate;
  private final String step;
  private final String line;
  private final Domain domain;
  private Stage stage = Stage.ISSUE;
  private int certificates;
  private int issuedThen;
  private Optional<Certificate> before = Optional.empty();

  /// @param fault such as `after:hold`
  Walk(Installation here, String step, String fault) {
    this.here = here;
    this.nameplate = here.nameplate();
    this.step = step;
    this.domain =
        nameplate.domains().add("shop." + Installation.freshName(), here.places().origin("plain"));
    this.line = step + ":" + fault + ":" + domain.id();
  }

  Installation here() {
    return here;
  }

  Nameplate nameplate() {
    return nameplate;
  }

  Domain domain() {
    return domain;
  }

  String line() {
    return line;
  }

  /// Goes on until the fault strikes.
  Walk toTheFault() {
    for (var next : Stage.pathTo(step)) {
      begin(next);
      if (struckWithin(next)) {
        return this;
      }
    }
    throw new AssertionError(
        "%s: nothing in a domain's life (%s) comes to this step".formatted(line, Stage.all()));
  }

  private void begin(Stage next) {
    stage = next;
    before = certificates == 0 ? Optional.empty() : current();
    certificates += next.certificates();
    next.begin(this);
  }

  private boolean struckWithin(Stage current) {
    var until = Instant.now().plus(A_STAGE);
    while (Instant.now().isBefore(until)) {
      var lacking = lacking(current);
      if (lacking.isEmpty()) {
        var soon = Instant.now().plus(A_MOMENT);
        until = soon.isBefore(until) ? soon : until;
      }
      if (struck()) {
        return true;
      }
      rest();
    }
    return false;
  }

  private boolean struck() {
    return here.stepFaults().met().contains(line);
  }

  /// Waits until what was wanted last is done.
  ///
  /// @throws AssertionError saying what is still wrong then
  Walk arrivedBy(Instant deadline) {
    while (true) {
      var lacking = lacking(stage);
      if (lacking.isEmpty()) {
        return this;
      }
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("%s, %s: %s".formatted(line, stage, lacking.get()));
      }
      rest();
    }
  }

  /// What is wrong with the traces it left: an order twice, an event twice; empty if nothing is.
  ///
  /// @param lost certificates that the CA forgot before we had them
  Optional<String> duplicates(int lost) {
    var finalized = here.sandbox().finalizedOrders(domain.hostname());
    if (finalized.size() > certificates + lost || finalized.size() < certificates) {
      return Optional.of(
          "%s, %s: %d orders were finalized for %d certificates: %s"
              .formatted(line, stage, finalized.size(), certificates, finalized));
    }
    return stage == Stage.REMOVE ? Optional.empty() : wrongStoryInTheEnd();
  }

  /// Readers of a history stop below the oldest transaction that is not over (`DESIGN.md` §3), so
  /// its last lines show a moment after what they tell of.
  private Optional<String> wrongStoryInTheEnd() {
    var until = Instant.now().plus(A_MOMENT);
    var wrong = wrongStory();
    while (wrong.isPresent() && Instant.now().isBefore(until)) {
      rest();
      wrong = wrongStory();
    }
    return wrong;
  }

  /// Counts the certificates that the domain's history tells of now.
  void rememberWhatIsIssued() {
    issuedThen = isThere() ? (int) count(story(), "certificate-issued") : certificates;
  }

  /// How many certificates were on their way then.
  int notIssuedThen() {
    return certificates - issuedThen;
  }

  private Optional<String> wrongStory() {
    var story = story();
    var once = List.of("added", "ownership-proved", "activated");
    var wrong = new ArrayList<>(once.stream().filter(type -> count(story, type) != 1).toList());
    if (count(story, "certificate-issued") != certificates) {
      wrong.add("certificate-issued");
    }
    for (int i = 1; i < story.size(); i++) {
      if (said(story.get(i)).equals(said(story.get(i - 1)))) {
        wrong.add(story.get(i).type() + " twice");
      }
    }
    return wrong.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s, %s: wrong in the history: %s of %s"
                .formatted(line, stage, wrong, story.stream().map(Event::type).toList()));
  }

  private List<Event> story() {
    var story = new ArrayList<Event>();
    nameplate.domains().events(domain.id()).forEach(story::add);
    return story;
  }

  private static String said(Event event) {
    return event.type() + event.message() + event.data();
  }

  private static long count(List<Event> story, String type) {
    return story.stream().filter(event -> event.type().equals(type)).count();
  }

  /// Active, with a certificate other than the one before, which both nodes show.
  Optional<String> lacksService() throws IOException {
    var now = nameplate.domains().get(domain.id());
    if (!now.isActive()) {
      return Optional.of("is " + now.status() + ": " + now.failing());
    }
    var certificate = now.certificate();
    if (certificate.isEmpty() || (stage == Stage.RENEW && certificate.equals(before))) {
      return Optional.of("has no new certificate: " + certificate);
    }
    var serial = certificate.get().serial().toLowerCase(java.util.Locale.ROOT);
    return lacksOnANode(
        visitor -> {
          var page = visitor.https(domain.hostname(), "/");
          var shown = page.certificate().orElseThrow().getSerialNumber().toString(16);
          return page.status() == 200 && same(shown, serial);
        },
        "the page with certificate " + serial);
  }

  private static boolean same(String shown, String serial) {
    return new java.math.BigInteger(shown, 16)
        .equals(new java.math.BigInteger(serial.replace(":", ""), 16));
  }

  /// What a visitor of a node sees.
  interface Sight {
    boolean isRight(Visitor visitor) throws IOException;
  }

  Optional<String> lacksOnANode(Sight sight, String what) throws IOException {
    for (int edge = 0; edge < here.places().edges().size(); edge++) {
      try (var visitor = here.visitor(edge)) {
        if (!sight.isRight(visitor)) {
          return Optional.of(visitor.edge().id() + " does not show " + what);
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Certificate> current() {
    return nameplate.domains().get(domain.id()).certificate();
  }

  /// Parts that are down answer nobody: that is lacking, too.
  private Optional<String> lacking(Stage current) {
    try {
      return current.lacks(this);
    } catch (IOException | NameplateException e) {
      return Optional.of(e.toString());
    }
  }

  boolean isThere() {
    return stage != Stage.REMOVE;
  }

  /// Makes room for those who come after.
  void leave() {
    nameplate.domains().remove(domain.id());
  }

  static void rest() {
    try {
      Thread.sleep(GLANCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted on the way", e);
    }
  }
}
