package io.nameplate.sandbox.control;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// A request to the control server.
public record Call(URI uri, String body) {
  static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /// The body as that record; members it does not have are refused.
  public <T> T as(Class<T> type) {
    try {
      var value = JSON.readValue(body.isBlank() ? "{}" : body, type);
      if (value == null) {
        throw new InputException("", "the body is null (expected: an object)");
      }
      return value;
    } catch (JsonMappingException e) {
      throw new InputException(path(e), e.getOriginalMessage());
    } catch (JacksonException e) {
      throw new InputException("", "the body is no JSON: " + e.getOriginalMessage());
    }
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(at -> at.getFieldName() == null ? String.valueOf(at.getIndex()) : at.getFieldName())
        .collect(Collectors.joining("/"));
  }

  /// A parameter of the query, empty when absent or blank.
  public Optional<String> parameter(String name) {
    var query = uri.getRawQuery();
    return query == null
        ? Optional.empty()
        : Arrays.stream(query.split("&", -1))
            .map(pair -> pair.split("=", 2))
            .filter(pair -> pair[0].equals(name) && pair.length == 2)
            .map(pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8))
            .filter(value -> !value.isBlank())
            .findFirst();
  }

  /// The last segment of the path.
  public String lastSegment() {
    return uri.getPath().substring(uri.getPath().lastIndexOf('/') + 1);
  }
}
