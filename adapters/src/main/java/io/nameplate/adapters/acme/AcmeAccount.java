package io.nameplate.adapters.acme;

import java.net.URI;
import java.security.KeyPair;

/// An account that the CA has told its URL.
record AcmeAccount(URI url, KeyPair key) {
  @Override
  public String toString() {
    return "AcmeAccount[%s]".formatted(url);
  }
}
