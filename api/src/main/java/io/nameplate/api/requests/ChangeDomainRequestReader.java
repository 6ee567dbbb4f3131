package io.nameplate.api.requests;

import io.micronaut.core.type.Argument;
import io.micronaut.core.type.Headers;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.body.TypedMessageBodyReader;
import io.nameplate.api.contract.model.ChangeDomainRequest;
import jakarta.inject.Singleton;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the body of `PATCH /v1/domains/{domain_id}`: a merge patch under either media type.
@Singleton
@Consumes({"application/merge-patch+json", MediaType.APPLICATION_JSON})
final class ChangeDomainRequestReader implements TypedMessageBodyReader<ChangeDomainRequest> {
  private static final Argument<ChangeDomainRequest> TYPE = Argument.of(ChangeDomainRequest.class);
  private static final Map<String, String> DEFAULTS = Map.of("/origin/host_header", "visitor");

  private final Bodies bodies;

  ChangeDomainRequestReader(Bodies bodies) {
    this.bodies = bodies;
  }

  @Override
  public Argument<ChangeDomainRequest> getType() {
    return TYPE;
  }

  @Override
  public ChangeDomainRequest read(
      Argument<ChangeDomainRequest> type,
      @Nullable MediaType mediaType,
      Headers headers,
      InputStream body) {
    return bodies.readPatch(TYPE, body, DEFAULTS);
  }
}
