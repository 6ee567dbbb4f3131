/// The process that brings a domain to what is wanted.
@NullMarked
package io.nameplate.workflows.domains;

import org.jspecify.annotations.NullMarked;
