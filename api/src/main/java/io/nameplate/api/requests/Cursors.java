package io.nameplate.api.requests;

import io.nameplate.api.problems.ProblemException;
import io.nameplate.api.problems.ProblemKind;
import io.nameplate.teams.TeamId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Cursors: a place in a list, signed, so that it works only for the team and the list it was made
/// for.
public final class Cursors {
  private static final int MAC_BYTES = 16;

  private final SecretKeySpec key;

  /// @param secret the same in every API process, else a cursor works in one of them only
  public Cursors(String secret) {
    key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
  }

  /// A cursor for `place` in a list.
  ///
  /// @param list the list's name with its filters
  public String write(TeamId team, String list, String place) {
    var bytes = place.getBytes(StandardCharsets.UTF_8);
    var mac = mac(team, list, bytes);
    var token = Arrays.copyOf(mac, MAC_BYTES + bytes.length);
    System.arraycopy(bytes, 0, token, MAC_BYTES, bytes.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  /// The place in a cursor.
  ///
  /// @throws ProblemException if it was not made for this team and list
  public String read(TeamId team, String list, String cursor) {
    byte[] token;
    try {
      token = Base64.getUrlDecoder().decode(cursor);
    } catch (IllegalArgumentException _) {
      throw invalid();
    }
    if (token.length < MAC_BYTES) {
      throw invalid();
    }
    var place = Arrays.copyOfRange(token, MAC_BYTES, token.length);
    if (!MessageDigest.isEqual(mac(team, list, place), Arrays.copyOf(token, MAC_BYTES))) {
      throw invalid();
    }
    return new String(place, StandardCharsets.UTF_8);
  }

  private static ProblemException invalid() {
    return new ProblemException(
        ProblemKind.INVALID_CURSOR, "Use the next_cursor of a page with the same filters.");
  }

  private byte[] mac(TeamId team, String list, byte[] place) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update((team + "\n" + list + "\n").getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(mac.doFinal(place), MAC_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
    }
  }
}
