package io.nameplate.sandbox.acme;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a request asks of the CA (RFC 8555 §7, RFC 9773), told from Pebble's paths.
public enum AcmeOperation {
  DIRECTORY("directory", "/dir"),
  NEW_NONCE("newNonce", "/nonce-plz"),
  NEW_ACCOUNT("newAccount", "/sign-me-up"),
  ACCOUNT("account", "/my-account/"),
  NEW_ORDER("newOrder", "/order-plz"),
  ORDER("order", "/my-order/"),
  AUTHORIZATION("authz", "/authZ/"),
  CHALLENGE("challenge", "/chalZ/"),
  FINALIZE("finalize", "/finalize-order/"),
  CERTIFICATE("certificate", "/certZ/"),
  RENEWAL_INFO("renewalInfo", "/draft-ietf-acme-ari-03/renewalInfo/"),
  REVOKE("revokeCert", "/revoke-cert"),
  KEY_CHANGE("keyChange", "/rollover-account-key"),
  OTHER("other", "/");

  private final String word;
  private final String path;

  AcmeOperation(String word, String path) {
    this.word = word;
    this.path = path;
  }

  /// As RFC 8555 spells it.
  public String word() {
    return word;
  }

  static AcmeOperation at(String path) {
    return Arrays.stream(values())
        .filter(operation -> path.startsWith(operation.path))
        .findFirst()
        .orElse(OTHER);
  }

  /// Where Pebble has it; what continues it with an identifier ends in a slash.
  String path() {
    return path;
  }

  public static Optional<AcmeOperation> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equalsIgnoreCase(word)).findFirst();
  }

  /// All words, for messages.
  public static String words() {
    return Arrays.stream(values()).map(AcmeOperation::word).collect(Collectors.joining(", "));
  }
}
