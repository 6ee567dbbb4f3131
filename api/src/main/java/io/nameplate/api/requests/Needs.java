package io.nameplate.api.requests;

import io.nameplate.teams.Scope;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The scopes a key must have for an operation; empty: any valid key will do. An operation under
/// `/v1` without it is refused to everybody.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Needs {
  /// All of them.
  Scope[] value();
}
