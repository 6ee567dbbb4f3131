package io.nameplate.sdk;

import java.util.Optional;

/// What was wrong with one field.
///
/// @param pointer a JSON pointer (RFC 6901) into the body that was sent, or the name of a parameter
/// @param reason a code, such as `public-suffix`
/// @param detail a sentence for people
public record FieldError(String pointer, Optional<String> reason, String detail) {}
