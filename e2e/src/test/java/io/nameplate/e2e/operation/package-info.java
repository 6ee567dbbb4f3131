/// What an operator does to a running copy, and what failures may cost.
@NullMarked
package io.nameplate.e2e.operation;

import org.jspecify.annotations.NullMarked;
