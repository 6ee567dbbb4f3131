package io.nameplate.workflows.certificates;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nameplate.domains.Reason;
import java.time.Instant;

/// How [IssuanceSteps#begin] ended.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Begun.Answered.class, name = "answered"),
  @JsonSubTypes.Type(value = Begun.Authorized.class, name = "authorized"),
  @JsonSubTypes.Type(value = Begun.NotNow.class, name = "not-now"),
  @JsonSubTypes.Type(value = Begun.Superseded.class, name = "superseded")
})
public sealed interface Begun {

  /// The answer is on its way to the nodes: wait until all expected nodes of the cluster acked this
  /// position, then complete.
  ///
  /// @param clusterId shown form
  record Answered(String issuanceId, String clusterId, long epoch, long revision)
      implements Begun {}

  /// The CA asks for no proof (it remembers one): complete at once.
  record Authorized(String issuanceId) implements Begun {}

  /// Nothing was ordered, or the try failed. Put reason and message in the certificate condition
  /// and rest until `retryAt`.
  ///
  /// @param reason one of CA_UNAVAILABLE, CA_RATE_LIMITED, CA_REFUSED_IDENTIFIER, CA_CAA_FORBIDS,
  ///   CA_SAW_DNS_FAILURE, CA_REFUSED_ORDER, TRIES_USED_UP, or that of the last failed try while
  ///   its waiting time runs
  /// @param problemType the CA's, empty when it did not speak
  record NotNow(Reason reason, String message, String problemType, Instant retryAt)
      implements Begun {}

  /// The domain has changed since the run read it (newer generation, not the holder, not wanted
  /// serving): read it again.
  record Superseded() implements Begun {}
}
