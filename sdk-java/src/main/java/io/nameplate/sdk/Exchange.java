package io.nameplate.sdk;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// One HTTP request with its answer, for logs and metrics. Request headers are left out: they carry
/// the API key.
///
/// @param attempt 1 for the first try of a call, 2 for its first retry
/// @param status the answer's status; 0 if there was none
/// @param responseHeaders names in lower case; empty if there was no answer
/// @param responseBody as UTF-8 text; empty if there was none
/// @param took from the first byte sent to the last one received
public record Exchange(
    String method,
    URI uri,
    int attempt,
    int status,
    Map<String, List<String>> responseHeaders,
    String responseBody,
    Duration took) {}
