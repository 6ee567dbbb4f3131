package io.nameplate.sandbox.dns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.RRset;

/// Signs record sets when they are first asked for (RSA with SHA-256, RFC 5702), with one key for
/// all zones, as large DNS hosters do. The key outlives restarts, so that a trust anchor stays
/// true.
///
/// The recursive face forgets everything at every change and checks about fifty signatures for each
/// new name: with RSA that takes a twentieth of what it takes with a curve, and is most of what
/// this server has to do.
final class Signer {
  static final long KEY_TTL_SECONDS = 60;

  private static final int ZONE_KEY_AND_ENTRY_POINT = 257;
  private static final Duration PERIOD = Duration.ofDays(7);
  private static final Duration LIFETIME = Duration.ofDays(21);
  private static final Duration CLOCKS_MAY_DIFFER = Duration.ofHours(1);

  /// Three signatures fit into an UDP answer, and nobody gains by forging them.
  private static final int KEY_BITS = 1024;

  /// About 100 MB; beyond that everything is forgotten and signed anew when asked for.
  private static final int MAX_SIGNATURES = 200_000;

  private final KeyPair key;
  private final InstantSource clock;
  private final ConcurrentHashMap<Signed, RRSIGRecord> signatures = new ConcurrentHashMap<>();

  private record Signed(Name zone, long ttl, long period, RRset set) {}

  Signer(KeyPair key, InstantSource clock) {
    this.key = key;
    this.clock = clock;
  }

  /// The key kept in that file, made there if there is none.
  static KeyPair keyIn(Path file) throws IOException {
    try {
      if (!Files.exists(file)) {
        return made(file);
      }
      var lines = Files.readAllLines(file);
      var factory = KeyFactory.getInstance("RSA");
      return new KeyPair(
          factory.generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(lines.get(0)))),
          factory.generatePrivate(
              new PKCS8EncodedKeySpec(Base64.getDecoder().decode(lines.get(1)))));
    } catch (GeneralSecurityException | IndexOutOfBoundsException e) {
      throw new IOException("%s does not hold an RSA key pair".formatted(file), e);
    }
  }

  private static KeyPair made(Path file) throws IOException, GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(KEY_BITS);
    var pair = generator.generateKeyPair();
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    var base64 = Base64.getEncoder();
    Files.write(
        file,
        List.of(
            base64.encodeToString(pair.getPublic().getEncoded()),
            base64.encodeToString(pair.getPrivate().getEncoded())));
    return pair;
  }

  DNSKEYRecord keyOf(Name zone) {
    try {
      return new DNSKEYRecord(
          zone,
          DClass.IN,
          KEY_TTL_SECONDS,
          ZONE_KEY_AND_ENTRY_POINT,
          DNSKEYRecord.Protocol.DNSSEC,
          DNSSEC.Algorithm.RSASHA256,
          key.getPublic());
    } catch (DNSSEC.DNSSECException e) {
      throw new IllegalStateException("an RSA key is always a DNSKEY", e);
    }
  }

  /// What the zone's parent says of its key.
  DSRecord anchorOf(Name zone, long ttlSeconds) {
    return new DSRecord(zone, DClass.IN, ttlSeconds, DNSSEC.Digest.SHA256, keyOf(zone));
  }

  RRSIGRecord sign(Name zone, RRset set) {
    long period = clock.instant().getEpochSecond() / PERIOD.toSeconds();
    var wanted = new Signed(zone, set.getTTL(), period, set);
    var known = signatures.get(wanted);
    if (known != null) {
      return known;
    }
    if (signatures.size() >= MAX_SIGNATURES) {
      signatures.clear();
    }
    var signature = signNow(zone, set, Instant.ofEpochSecond(period * PERIOD.toSeconds()));
    signatures.put(wanted, signature);
    return signature;
  }

  private RRSIGRecord signNow(Name zone, RRset set, Instant from) {
    try {
      return DNSSEC.sign(
          set, keyOf(zone), key.getPrivate(), from.minus(CLOCKS_MAY_DIFFER), from.plus(LIFETIME));
    } catch (DNSSEC.DNSSECException e) {
      throw new IllegalStateException("signing %s".formatted(set.getName()), e);
    }
  }
}
