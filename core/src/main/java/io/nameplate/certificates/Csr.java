package io.nameplate.certificates;

import java.util.Arrays;

/// A certificate signing request (RFC 2986), DER.
public final class Csr {
  private final byte[] der;

  public Csr(byte[] der) {
    this.der = der.clone();
  }

  public byte[] der() {
    return der.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Csr csr && Arrays.equals(der, csr.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }
}
