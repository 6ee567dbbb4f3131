/// The list of domains and the page of one: what it needs, what happened, and what can be done.
@NullMarked
package io.nameplate.ui.domains;

import org.jspecify.annotations.NullMarked;
