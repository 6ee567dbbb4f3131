package io.nameplate.sdk;

/// Whether this claim can take a hostname over that another team holds.
public enum TransferState {
  NONE,
  /// This claim has fresh proof: [Domains#transfer(String)] may be called.
  POSSIBLE,
  /// Asked for; an operator has to confirm.
  REQUESTED,
  /// A state that this release of the client does not know.
  UNRECOGNIZED
}
