package io.nameplate.e2e.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.nameplate.e2e.kit.Installation;
import io.nameplate.sdk.DomainStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an integrator does with the dashboard on the first day, on the real parts. Pictures are
/// kept in `target/screenshots`.
final class DashboardTourIT {

  /// For a machine that does much else at the same time: no assertion here is about speed but the
  /// one about two seconds.
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final LocatorAssertions.HasTextOptions ONCE_SERVED =
      new LocatorAssertions.HasTextOptions()
          .setTimeout((double) PATIENCE.multipliedBy(2).toMillis());

  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

  private static Installation here;
  private static Chromium chromium;
  private Page page;

  @BeforeAll
  static void start() {
    PlaywrightAssertions.setDefaultAssertionTimeout((double) PATIENCE.toMillis());
    here = Installation.shared();
    chromium = Chromium.start();
  }

  @AfterAll
  static void stop() {
    chromium.close();
  }

  @BeforeEach
  void signIn() {
    page = chromium.newPage();
    page.navigate(here.places().dashboardUrl().toString());
    page.locator("#api-key input").fill(here.places().apiKey());
    button("Sign in").click();
    assertThat(page.locator("h1")).hasText("Domains");
  }

  private Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private Locator status() {
    return page.locator(".domain-name .badge");
  }

  private static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setFullPage(true)
            .setPath(Path.of("target/screenshots", name + ".png")));
  }

  private void addInTheDialogue(String hostname, String origin) {
    page.locator("#add-domain").click();
    page.locator("#new-hostname input").fill(hostname);
    page.locator("#origin-url input").fill(origin);
    page.locator("#new-add").click();
  }

  @Test
  void aDomainIsAddedSetAndSeenTurningGreenAndItsPageIsOpened() throws IOException {
    var name = "shop." + Installation.freshName();
    addInTheDialogue(name, here.places().origin("plain"));
    assertThat(page.locator("h1")).hasText(name);
    assertThat(page.locator("[data-record=CNAME]")).isVisible();
    picture(page, "added");

    page.locator("#set-records").click();
    assertThat(status()).hasText("Active", ONCE_SERVED);
    assertThat(page.locator("[data-event=activated]")).isVisible();
    picture(page, "active");

    try (var visitor = here.visitor(0)) {
      var seen = visitor.https(name, "/").certificate().orElseThrow();
      var door = here.places().edges().getFirst().https();
      var address = door.substring(0, door.lastIndexOf(':'));
      try (var theirs = Chromium.leadTo(address, name, seen)) {
        var site = theirs.newPage();
        var answer = site.navigate("https://" + name + door.substring(door.lastIndexOf(':')) + "/");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).containsEntry("x-sandbox-origin", "plain");
        picture(site, "served");
      }
    }
  }

  @Test
  void aRefusedHostnameIsExplainedAtItsField() {
    addInTheDialogue("co.uk", here.places().origin("plain"));
    assertThat(page.locator("#new-hostname")).hasAttribute("invalid", "");
    assertThat(page.locator("#new-hostname [slot=error-message]")).not().hasText("");
    picture(page, "refused");
  }

  @Test
  void aChangeMadeElsewhereShowsWithinTwoSecondsWithoutReloading() {
    var name = "shop." + Installation.freshName();
    var domain = here.nameplate().domains().add(name, here.places().origin("plain"));
    page.navigate(here.places().dashboardUrl() + "/domains/" + domain.id());
    assertThat(page.locator("h1")).hasText(name);
    page.evaluate("window.sameDocument = true");

    // Until one shows in time, so that a busy machine's pauses are not taken for ours.
    var took = new ArrayList<Duration>();
    var patience = System.nanoTime() + PATIENCE.toNanos();
    do {
      here.nameplate().domains().suspend(domain.id());
      var begin = System.nanoTime();
      assertThat(status()).hasText("Suspended");
      took.add(Duration.ofNanos(System.nanoTime() - begin));
      here.nameplate().domains().resume(domain.id());
      assertThat(status()).not().hasText("Suspended");
    } while (took.getLast().compareTo(TWO_SECONDS) >= 0 && System.nanoTime() < patience);
    assertThat(took.getLast()).as("until suspensions were shown: %s", took).isLessThan(TWO_SECONDS);
    assertThat(page.evaluate("window.sameDocument")).isEqualTo(true);
  }

  @Test
  void theChecklistSaysWhichRecordIsMissing() {
    var name = "shop." + Installation.freshName();
    var domain = here.nameplate().domains().add(name, here.places().origin("plain"));
    page.navigate(here.places().dashboardUrl() + "/domains/" + domain.id());
    var dns = page.locator("[data-condition=dns]");
    assertThat(dns).containsText("Needs action");
    assertThat(dns.locator(".fix-record")).containsText(domain.dnsRecords().getFirst().value());
    picture(page, "checklist");
  }

  @Test
  void aDeletedDomainIsGoneFromTheList() {
    var name = "shop." + Installation.freshName();
    var domain = here.nameplate().domains().add(name, here.places().origin("plain"));
    page.navigate(here.places().dashboardUrl() + "/domains/" + domain.id());
    page.locator("#delete").click();
    page.getByRole(AriaRole.ALERTDIALOG)
        .getByText("Delete", new Locator.GetByTextOptions().setExact(true))
        .click();
    assertThat(page.locator("h1")).hasText("Domains");
    page.locator("#search input").fill(name);
    assertThat(page.getByText("No domain matches")).isVisible();
    assertThat(here.nameplate().domains().list().stream())
        .noneMatch(left -> left.id().equals(domain.id()) && left.status() != DomainStatus.REMOVING);
  }
}
