package io.nameplate.e2e.dashboard;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A real Chromium without a window: the one of the system, or the one that the property
/// `e2e.chromium` names.
final class Chromium implements AutoCloseable {

  private static final List<String> USUAL =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

  private final Playwright playwright =
      Playwright.create(
          new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
  private final Browser browser;

  private Chromium(List<String> more) {
    var arguments = new ArrayList<>(List.of("--no-sandbox", "--disable-gpu"));
    arguments.addAll(more);
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(find())
                    .setTimeout(180_000) // ms, for a machine that does much else
                    .setArgs(List.copyOf(arguments)));
  }

  /// A browser like any other.
  static Chromium start() {
    return new Chromium(List.of());
  }

  /// A browser whose DNS leads a name to an address, and which trusts this one key beside the
  /// public CAs.
  ///
  /// @param verified the certificate that the name was seen with, its chain already checked against
  ///   the sandbox's CA
  static Chromium leadTo(String address, String hostname, X509Certificate verified) {
    return new Chromium(
        List.of(
            "--host-resolver-rules=MAP " + hostname + " " + address,
            "--ignore-certificate-errors-spki-list=" + spki(verified)));
  }

  Page newPage() {
    var page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1280, 900));
    page.setDefaultTimeout(180_000);
    return page;
  }

  private static String spki(X509Certificate certificate) {
    try {
      var hash =
          MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded());
      return Base64.getEncoder().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path find() {
    var named = Optional.ofNullable(System.getProperty("e2e.chromium")).map(Path::of);
    return named
        .or(() -> USUAL.stream().map(Path::of).filter(Files::isExecutable).findFirst())
        .orElseThrow(() ->
            new IllegalStateException(
                "no Chromium found; install it (apt-get install chromium), or name it: -De2e.chromium=PATH"));
  }

  @Override
  public void close() {
    playwright.close();
  }
}
