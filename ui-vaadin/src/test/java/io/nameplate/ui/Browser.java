package io.nameplate.ui;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A real Chromium without a window: the one of the system, or the one that the property
/// `e2e.chromium` names.
final class Browser implements AutoCloseable {

  private static final List<String> USUAL =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser browser;

  Browser() {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(find())
                    .setTimeout(180_000) // ms, for a machine that does much else
                    .setArgs(List.of("--no-sandbox", "--disable-gpu")));
  }

  private static Path find() {
    var named = Optional.ofNullable(System.getProperty("e2e.chromium")).map(Path::of);
    return named
        .or(() -> USUAL.stream().map(Path::of).filter(Files::isExecutable).findFirst())
        .orElseThrow(() ->
            new IllegalStateException(
                "no Chromium found; install it (apt-get install chromium), or name it: -De2e.chromium=PATH"));
  }

  /// A visitor of its own: no cookies, no cache.
  BrowserContext newVisitor() {
    return browser.newContext(
        new com.microsoft.playwright.Browser.NewContextOptions()
            .setViewportSize(1280, 860)
            .setPermissions(List.of("clipboard-read", "clipboard-write")));
  }

  @Override
  public void close() {
    playwright.close();
  }
}
