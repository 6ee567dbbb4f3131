package io.nameplate.sdk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// The release of this client. `java -jar nameplate-sdk.jar --version` prints it.
public final class SdkVersion {

  private SdkVersion() {}

  /// The number, such as `1.0.0`.
  public static String number() {
    try (var resource = SdkVersion.class.getResourceAsStream("version.txt")) {
      return resource == null
          ? "0"
          : new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Prints the number, whatever the arguments are.
  public static void main(String[] arguments) {
    System.out.println("nameplate-sdk " + number());
  }
}
