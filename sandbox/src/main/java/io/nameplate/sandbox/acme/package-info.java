/// A certificate authority with bad days: a proxy before a real one that loses replies, refuses,
/// errs, and writes down what it was asked.
@NullMarked
package io.nameplate.sandbox.acme;

import org.jspecify.annotations.NullMarked;
