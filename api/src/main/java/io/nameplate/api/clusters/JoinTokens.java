package io.nameplate.api.clusters;

import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.JoinCommand;
import io.nameplate.clusters.JoinToken;
import io.nameplate.ids.RandomText;
import io.nameplate.teams.TeamId;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Makes join tokens. One asked for under an idempotency key is derived from it with a secret of
/// this installation, so that it can be shown again without being stored.
public final class JoinTokens {
  private static final String DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LENGTH = 32;

  private final SecretKeySpec key;
  private final String pin;
  private final Optional<JoinCommand> command;

  /// @param secret the same in every API process
  /// @param pin of the edge listener's certificate
  /// @param command how a token is used, where the operator has said how nodes reach this
  ///   installation
  public JoinTokens(String secret, String pin, Optional<JoinCommand> command) {
    key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA512");
    this.pin = pin;
    this.command = command;
  }

  /// What is pasted on the machine that joins.
  Optional<String> command(JoinToken token) {
    return command.map(it -> it.with(token));
  }

  /// @param expiresAt part of what a token is derived from: the same key gives another token once
  ///   its remembered reply is forgotten
  JoinToken make(
      TeamId team, ClusterId cluster, @Nullable String idempotencyKey, Instant expiresAt) {
    var secret =
        idempotencyKey == null
            ? RandomText.SECRET.of(LENGTH, new SecureRandom())
            : derived(
                "join-token\n%s\n%s\n%d\n%s"
                    .formatted(team, cluster, expiresAt.toEpochMilli(), idempotencyKey));
    return new JoinToken(secret, pin);
  }

  private String derived(String from) {
    try {
      var mac = Mac.getInstance("HmacSHA512");
      mac.init(key);
      var number = new BigInteger(1, mac.doFinal(from.getBytes(StandardCharsets.UTF_8)));
      var text = new StringBuilder();
      for (int i = 0; i < LENGTH; i++) {
        var parts = number.divideAndRemainder(BigInteger.valueOf(DIGITS.length()));
        text.append(DIGITS.charAt(parts[1].intValue()));
        number = parts[0];
      }
      return text.toString();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA512 is part of every JDK", e);
    }
  }
}
