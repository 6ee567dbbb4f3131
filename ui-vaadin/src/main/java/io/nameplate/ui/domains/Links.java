package io.nameplate.ui.domains;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Where else to look, and who sets records in a sandbox.
///
/// @param temporalUi Temporal's web UI; empty shows no links to it
/// @param temporalNamespace the namespace that the worker's workflows are in
/// @param sandbox the sandbox's control address; empty outside a sandbox
public record Links(Optional<URI> temporalUi, String temporalNamespace, Optional<URI> sandbox) {

  /// All runs of a domain's workflow: each run ends when nothing is left to do, so that one domain
  /// has many.
  Optional<String> workflow(String domainId) {
    var query = "`WorkflowId`=\"domain/" + domainId + "\"";
    return temporalUi.map(url ->
        "%s/namespaces/%s/workflows?query=%s"
            .formatted(url, encode(temporalNamespace), encode(query)));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
