package io.nameplate.workflows.certificates;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nameplate.domains.Reason;
import java.time.Instant;

/// How [IssuanceSteps#complete] ended.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Completed.Issued.class, name = "issued"),
  @JsonSubTypes.Type(value = Completed.NotNow.class, name = "not-now"),
  @JsonSubTypes.Type(value = Completed.StartOver.class, name = "start-over")
})
public sealed interface Completed {

  /// The certificate is stored and is the domain's wanted one: deploy it.
  ///
  /// @param certificateId shown form
  /// @param renewFrom when renewal is due, as known now
  record Issued(String certificateId, Instant notBefore, Instant notAfter, Instant renewFrom)
      implements Completed {}

  /// The try failed, or the CA is not to be had. Put reason and message in the certificate
  /// condition and rest until `retryAt`.
  ///
  /// @param problemType the CA's, empty when it did not speak
  record NotNow(Reason reason, String message, String problemType, Instant retryAt)
      implements Completed {}

  /// The CA has forgotten the order: begin again. Counts as no try.
  record StartOver() implements Completed {}
}
