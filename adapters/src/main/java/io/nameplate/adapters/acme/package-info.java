/// CAs that speak ACME (RFC 8555), through acme4j.
@NullMarked
package io.nameplate.adapters.acme;

import org.jspecify.annotations.NullMarked;
