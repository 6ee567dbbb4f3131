package io.nameplate.api.requests;

import io.micronaut.core.type.Argument;
import io.micronaut.core.type.Headers;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.body.TypedMessageBodyReader;
import io.nameplate.api.contract.model.AddDomainRequest;
import jakarta.inject.Singleton;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Reads the body of `POST /v1/domains`.
@Singleton
@Consumes(MediaType.APPLICATION_JSON)
final class AddDomainRequestReader implements TypedMessageBodyReader<AddDomainRequest> {
  private static final Argument<AddDomainRequest> TYPE = Argument.of(AddDomainRequest.class);

  private final Bodies bodies;

  AddDomainRequestReader(Bodies bodies) {
    this.bodies = bodies;
  }

  @Override
  public Argument<AddDomainRequest> getType() {
    return TYPE;
  }

  @Override
  public AddDomainRequest read(
      Argument<AddDomainRequest> type,
      @Nullable MediaType mediaType,
      Headers headers,
      InputStream body) {
    return bodies.read(TYPE, body);
  }
}
